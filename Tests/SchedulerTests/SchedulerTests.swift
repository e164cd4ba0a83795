// SchedulerTests
