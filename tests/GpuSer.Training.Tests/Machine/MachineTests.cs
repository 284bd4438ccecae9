using GpuSer.Training.Machine;

namespace GpuSer.Training.Tests.Machine;

/// <summary>What the system tells of itself, as it is written and as it is read.</summary>
public sealed class MachineTests
{
    private static readonly string[] Maps =
    [
        "7f0000000000-7f0000001000 r--p 00000000 fe:01 1234                       /usr/lib/x86_64-linux-gnu/libtorch_cpu.so.1.13.0",
        "7f0000002000-7f0000003000 r--p 00000000 fe:01 1235                       /opt/with a space/libopenblasp-r0.3.21.so",
        "7f0000004000-7f0000005000 rw-p 00000000 00:00 0                          [heap]",
        "7f0000006000-7f0000007000 rw-p 00000000 00:00 0 ",
    ];

    [Theory]
    [InlineData("libtorch_cpu", "/usr/lib/x86_64-linux-gnu/libtorch_cpu.so.1.13.0")]
    [InlineData("libopenblasp", "/opt/with a space/libopenblasp-r0.3.21.so")]
    [InlineData("libtorch", null)]
    [InlineData("libopenblas", null)]
    [InlineData("libsoxr", null)]
    public void A_library_is_found_by_its_whole_name(string name, string? path) => Assert.Equal(path, LoadedLibraries.PathIn(Maps, name));

    [Theory]
    [InlineData("libblas", "/usr/lib/x86_64-linux-gnu/blas/libblas.so.3.11.0", false)]
    [InlineData("libblas", "/usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3", true)]
    [InlineData("libmkl_rt", "/opt/intel/libmkl_rt.so.2", true)]
    [InlineData("libopenblasp", "/usr/lib/libopenblasp-r0.3.21.so", true)]
    public void The_reference_BLAS_is_told_from_the_fast_ones(string library, string path, bool fast)
    {
        BlasLibrary blas = BlasLibrary.In(name => name == library ? path : null);
        Assert.Equal((path, fast), (blas.Path, blas.IsFast));
        Assert.Equal(!fast, blas.Name == "the reference BLAS");
    }

    [Fact]
    public void The_one_that_libtorch_is_linked_to_counts_whatever_else_is_loaded() =>
        Assert.False(BlasLibrary.In(name => name switch { "libblas" => "/usr/lib/blas/libblas.so.3", "libopenblasp" => "/usr/lib/libopenblasp.so", _ => null }).IsFast);

    [Fact]
    public void A_libtorch_with_its_own_is_fast() => Assert.Equal((null, true), (BlasLibrary.In(_ => null).Path, BlasLibrary.In(_ => null).IsFast));

    [Fact]
    public void Processor_and_memory_are_read_where_they_stand()
    {
        Assert.Equal("AMD EPYC 7763", ProcessorInfo.NameIn(["processor\t: 0", "model name\t: AMD EPYC 7763", "flags: avx2"]));
        Assert.Null(ProcessorInfo.NameIn(["processor\t: 0", "CPU part\t: 0xd0c"]));
        Assert.Equal(24_000_000L << 10, MemoryInfo.FreeIn(["MemTotal:       25000000 kB", "MemAvailable:   24000000 kB"]));
        Assert.Null(MemoryInfo.FreeIn(["MemTotal:       25000000 kB"]));
        Assert.Null(MemoryInfo.FreeIn(["MemAvailable:   many kB"]));
        Assert.InRange(MemoryInfo.FreeBytes, 1, MemoryInfo.UsableBytes);
    }

    [Fact]
    public void The_libtorch_of_these_tests_is_found_where_it_is()
    {
        TorchLibrary torch = TorchLibrary.Load();
        Assert.True(File.Exists(torch.Path), torch.Path);
        Assert.Equal((64f, 64f), TorchLibrary.MultiplyOnes(64));
        // The test process sets this one where only native code sees it.
        Assert.Equal("AVX2", CLibrary.Variable("DNNL_MAX_CPU_ISA"));
        Assert.Null(CLibrary.Variable("GPUSER_NO_SUCH_VARIABLE"));
    }
}
