// TranscriptsTests
