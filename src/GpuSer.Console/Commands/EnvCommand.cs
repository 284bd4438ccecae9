using System.CommandLine;
using GpuSer.Console.Doctor;
using GpuSer.Console.Output;
using GpuSer.Cuda;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser env</c>: what to paste into a bug report.</summary>
internal static class EnvCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<bool> json = SharedOptions.Json();
        Command command = new("env", "Print versions, hardware and settings as a list to paste into a bug report; names of users, machines and home folders are left out.")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            using GpuProbe probe = new(CudaDrivers.Open);
            IReadOnlyList<EnvironmentFact> facts = EnvironmentFacts.Collect(probe, Environment.GetEnvironmentVariables(), Privacy.Here());
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(terminal.Out, facts.ToDictionary(fact => fact.Key, fact => fact.Value));
                return;
            }

            foreach (EnvironmentFact fact in facts)
            {
                terminal.Out.WriteLine($"- {fact.Label}: {fact.Value ?? "none"}");
            }
        });
        return command;
    }
}
