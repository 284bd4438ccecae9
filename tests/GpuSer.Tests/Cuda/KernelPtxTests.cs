using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using GpuSer.Cuda;
using GpuSer.Cuda.Ptx;
using GpuSer.Reference;

namespace GpuSer.Tests.Cuda;

public sealed partial class KernelPtxTests
{
    public static TheoryData<string> Files => [.. typeof(CudaModule).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("ptx/", StringComparison.Ordinal))
        .Select(name => Path.GetFileNameWithoutExtension(name))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Entry_points_are_named_as_the_house_names_them_and_use_no_local_memory(string file)
    {
        IReadOnlyDictionary<string, PtxSignature> entries = PtxSignature.ReadAll(CudaModule.ReadResource(file));

        Assert.NotEmpty(entries);
        Assert.All(entries.Values, entry =>
        {
            Assert.Matches("^gpuser_[a-z0-9_]+_f32$", entry.Name);
            Assert.Equal(0, entry.LocalBytes);
            Assert.NotNull(entry.MaxThreads);
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Ptx_is_for_the_lowest_architecture_and_names_no_path(string file)
    {
        string text = Encoding.ASCII.GetString(CudaModule.ReadResource(file));

        Assert.Matches(Target(), text);
        Assert.DoesNotContain(".cu\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".file", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".approx.ftz", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Compiling_again_gives_the_same_bytes()
    {
        string kernels = Path.Combine(Golden.Repository, "kernels");
        string scratch = Directory.CreateTempSubdirectory("gpuser-ptx-").FullName;
        try
        {
            CMake("-S", kernels, "-B", Path.Combine(scratch, "build"), $"-DGPUSER_PTX_DIRECTORY={Path.Combine(scratch, "ptx")}");
            CMake("--build", Path.Combine(scratch, "build"));

            string[] again = Directory.GetFiles(Path.Combine(scratch, "ptx"), "*.ptx");
            Assert.Equal(Files.Count, again.Length);
            Assert.All(again, file => Assert.Equal(CudaModule.ReadResource(Path.GetFileNameWithoutExtension(file)), File.ReadAllBytes(file)));
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    [SkippableFact]
    public void Sources_are_formatted()
    {
        string? formatter = Array.Find((string[])["clang-format-19", "clang-format-14"], name => Environment.GetEnvironmentVariable("PATH")!
            .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name))));
        Skip.If(formatter is null, "neither clang-format 14 nor 19 is installed, and others format otherwise");
        string[] sources = [.. Directory.GetFiles(Path.Combine(Golden.Repository, "kernels"), "*.cu*", SearchOption.AllDirectories)];

        Assert.NotEmpty(sources);
        Run(formatter!, ["--dry-run", "-Werror", .. sources]);
    }

    private static void CMake(params string[] arguments) => Run("cmake", arguments);

    private static void Run(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + errors.Result);
    }

    [GeneratedRegex(@"^\.target sm_7[05]\b", RegexOptions.Multiline)]
    private static partial Regex Target();
}
