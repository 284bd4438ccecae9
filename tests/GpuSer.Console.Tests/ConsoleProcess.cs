using System.Diagnostics;

namespace GpuSer.Console.Tests;

/// <summary>A program run to its end in a process of its own, where its environment matters.</summary>
internal static class ConsoleProcess
{
    /// <summary>Folder of the built console, which stands for a publish: its executable finds .NET through DOTNET_ROOT.</summary>
    public static string Folder => AppContext.BaseDirectory;

    public static ConsoleRun Of(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ConsoleRun(process.ExitCode, output, error.Result);
    }
}
