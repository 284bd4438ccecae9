using System.Globalization;
using GpuSer.Cuda;
using GpuSer.Tests.Cuda;

namespace GpuSer.Tests.Features;

public sealed class FeaturePlanTests : IDisposable
{
    private const ulong Samples = 0x10000, Image = 0x20000;

    private readonly RecordingDriver _driver = new();
    private readonly CudaContext _context;
    private readonly CudaFeatureExtractor _extractor;
    private readonly CudaStream _stream;

    public FeaturePlanTests()
    {
        _context = new CudaContext(_driver);
        _extractor = new CudaFeatureExtractor(_context);
        _stream = new CudaStream(_context);
    }

    [Fact]
    public void A_run_updates_the_nodes_that_see_the_callers_memory_and_launches_one_graph()
    {
        Run(2, 5000);
        _driver.Calls.Clear();

        Run(2, 5000);

        Assert.Equal(["update", "update", "update", "update", "graphLaunch"], _driver.Calls.Select(call => call.Split(' ')[0]));
    }

    [Theory]
    [InlineData(StftMethod.CuFft, FilterBankMethod.Sparse, 4, "graphLaunch fftExecute graphLaunch")]
    [InlineData(StftMethod.Fused, FilterBankMethod.CuBlas, 5, "graphLaunch 9*gemm graphLaunch")]
    [InlineData(StftMethod.CuFft, FilterBankMethod.CuBlas, 5, "graphLaunch 8*fftExecute graphLaunch 9*gemm graphLaunch")]
    public void Libraries_are_called_between_as_few_graphs_as_they_allow(StftMethod stft, FilterBankMethod filterBank, int updates, string queued)
    {
        using CudaFeatureExtractor extractor = new(_context, new FeatureOptions { Stft = stft, FilterBank = filterBank });
        extractor.Run(Samples, 5000, 2, 5000, Image, _stream);
        _driver.Calls.Clear();

        extractor.Run(Samples, 5000, 2, 5000, Image, _stream);

        IEnumerable<string> expected = queued.Split(' ').SelectMany(call => call.Split('*') is [string times, string name]
            ? Enumerable.Repeat(name, int.Parse(times, CultureInfo.InvariantCulture))
            : [call]);
        Assert.Equal([.. Enumerable.Repeat("update", updates), .. expected], _driver.Calls.Select(call => call.Split(' ')[0]));
    }

    [Theory]
    [InlineData(StftMethod.CuFft, FilterBankMethod.Sparse, "fft")]
    [InlineData(StftMethod.Fused, FilterBankMethod.CuBlas, "blas")]
    public void A_library_that_is_missing_is_an_error_of_the_plan_that_leaves_nothing_behind(StftMethod stft, FilterBankMethod filterBank, string call)
    {
        _driver.Failures[call] = new CudaException("the library", "not found", "choose the other way");
        using (CudaFeatureExtractor extractor = new(_context, new FeatureOptions { Stft = stft, FilterBank = filterBank }))
            Assert.Throws<CudaException>(() => extractor.Run(Samples, 5000, 2, 5000, Image, _stream));
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(0, _driver.AllocatedBytes);
        Run(2, 5000);
    }

    [Fact]
    public void A_way_that_is_none_is_refused() => Assert.Contains(
        "stft: 5", Assert.Throws<GpuSerException>(() => new CudaFeatureExtractor(_context, new FeatureOptions { Stft = (StftMethod)5 })).Message, StringComparison.Ordinal);

    [Fact]
    public void Another_sample_count_with_as_many_frames_uses_the_same_plan()
    {
        Run(2, 5120);
        long bytes = _driver.AllocatedBytes;

        Run(2, 5631);
        Assert.Equal(1, _extractor.PlansMade);
        Assert.Equal(bytes, _driver.AllocatedBytes);

        Run(2, 5632);
        Assert.Equal(2, _extractor.PlansMade);
    }

    [Fact]
    public void Plans_are_bounded_and_the_one_unused_longest_goes()
    {
        for (int frames = 1; frames <= CudaFeatureExtractor.PlansKept; frames++)
            Run(1, 512 * frames);
        Run(1, 512);
        long full = _driver.AllocatedBytes;
        Run(1, 512 * 2);
        Assert.Equal(CudaFeatureExtractor.PlansKept, _extractor.PlansMade);

        Run(1, 512 * 100);
        Run(1, 512);

        Assert.Equal(CudaFeatureExtractor.PlansKept, _extractor.PlansAlive);
        Assert.Equal(CudaFeatureExtractor.PlansKept + 1, _extractor.PlansMade);
        Assert.True(_driver.AllocatedBytes > full);
    }

    [Fact]
    public void Nothing_stays_allocated()
    {
        Run(3, 70000);
        _extractor.Dispose();

        Assert.Equal(0, _driver.AllocatedBytes);
        Assert.Equal(_driver.Calls.Count(call => call == "load"), _driver.Calls.Count(call => call == "unload"));
    }

    [Fact]
    public void A_plan_for_which_there_is_no_room_leaves_nothing_behind()
    {
        Run(1, 512);
        long bytes = _driver.AllocatedBytes;
        _driver.Failures["graph"] = new CudaOutOfMemoryException("cuGraphCreate(&graph, 0)", 1);

        Assert.Throws<CudaOutOfMemoryException>(() => Run(1, 5120));
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(bytes, _driver.AllocatedBytes);
    }

    [Theory]
    [InlineData(0, 5000, 5000)]
    [InlineData(1, 0, 0)]
    [InlineData(1, 5000, 4999)]
    public void A_shape_that_is_none_is_refused(int batch, int count, int pitch) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _extractor.Run(Samples, pitch, batch, count, Image, _stream));

    public void Dispose()
    {
        _stream.Dispose();
        _extractor.Dispose();
        _context.Dispose();
        _driver.Dispose();
    }

    private void Run(int batch, int count) => _extractor.Run(Samples, count, batch, count, Image, _stream);
}
