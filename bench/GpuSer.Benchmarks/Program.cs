using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using GpuSer.Benchmarks;
using GpuSer.Reference;

// dotnet run -c Release --project bench/GpuSer.Benchmarks -- --filter '*Image*'
// In this process: the repository's build settings are not those of the projects that the default way would generate.
BenchmarkSwitcher.FromAssembly(typeof(Speech).Assembly).Run(args, DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .WithArtifactsPath(Path.Combine(Golden.Repository, ".artifacts", "benchmarks")));
