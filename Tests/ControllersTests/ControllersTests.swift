// ControllersTests
