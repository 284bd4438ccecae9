using GpuSer.Console;

return CommandLine.Run(
    args, new Terminal(System.Console.Out, System.Console.Error, !System.Console.IsErrorRedirected, Terminal.ShowsUnicode(Environment.GetEnvironmentVariable)));
