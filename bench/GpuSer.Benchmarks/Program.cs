using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using GpuSer.Benchmarks;
using GpuSer.Reference;

// dotnet run -c Release --project bench/GpuSer.Benchmarks -- --filter '*Image*'
// dotnet run -c Release --project bench/GpuSer.Benchmarks -- --filter '*' --job dry        each benchmark once
// --device emulated runs the device's benchmarks on the emulator: to try them, not to time them.
bool emulated = false;
if (Array.IndexOf(args, "--device") is int at and >= 0 && args.ElementAtOrDefault(at + 1) == "emulated")
{
    emulated = true;
    args = [.. args[..at], .. args[(at + 2)..]];
}

bool hasJob = args.Any(argument => argument is "--job" or "-j");

// In this process: the repository's build settings are not those of the projects that the default way would generate.
ManualConfig config = ManualConfig.Create(DefaultConfig.Instance).WithArtifactsPath(Path.Combine(Golden.Repository, ".artifacts", "benchmarks"));
if (hasJob)
{
    args = [.. args, "--inProcess"];
}
else
{
    config.AddJob(Job.ShortRun.WithToolchain(new InProcessEmitToolchain(TimeSpan.FromHours(1), logOutput: true)));
}

if (!BenchmarkDevice.TryOpen(emulated, out string? reason))
{
    Console.Error.WriteLine($"no device, so its benchmarks are left out: {reason}");
    config.AddFilter(new SimpleFilter(benchmark => !benchmark.Descriptor.HasCategory(BenchmarkDevice.Category)));
}

BenchmarkSwitcher.FromAssembly(typeof(Speech).Assembly).Run(args, config);
BenchmarkDevice.Close();
