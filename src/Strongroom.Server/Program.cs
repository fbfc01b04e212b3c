using Strongroom.Server.Verbs;

return await CommandLine.RunAsync(args);
