// APIServerTests
