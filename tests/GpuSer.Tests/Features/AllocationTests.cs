namespace GpuSer.Tests.Features;

/// <summary>Tests that count what the whole process allocates: nothing else runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

[Collection(nameof(Alone))]
public class AllocationTests
{
    private static readonly int[] Lengths = [22050, 700, 39693, 15000, 30011, 9000, 44100];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_warm_run_allocates_nothing_on_any_thread(int threads)
    {
        using FeatureExtractor extractor = new(threads: threads);
        float[] image = new float[FeatureExtractor.Frames(22050) * FeatureExtractor.Rows], signal = Signals.Voice(22050);
        AssertNothing(() => extractor.ComputeImage(signal, image));

        const int Batch = 5, Samples = 12345;
        float[] padded = [.. Enumerable.Range(0, Batch).SelectMany(i => Signals.Voice(Samples, i))];
        float[] images = new float[Batch * FeatureExtractor.Frames(Samples) * FeatureExtractor.Rows];
        AssertNothing(() => extractor.ComputeImages(padded, Batch, Samples, images));

        ReadOnlyMemory<float>[] ragged = [.. Lengths.Select((length, i) => (ReadOnlyMemory<float>)Signals.Voice(length, i))];
        float[] raggedImages = new float[Lengths.Sum(length => FeatureExtractor.Frames(length) * FeatureExtractor.Rows)];
        AssertNothing(() => extractor.ComputeImages(ragged, raggedImages));
    }

    [Fact]
    public void The_count_sees_other_threads()
    {
        byte[]? kept = null;
        long bytes = LeastAllocated(() =>
        {
            Thread thread = new(() => kept = new byte[100_000]);
            thread.Start();
            thread.Join();
        });
        Assert.InRange(bytes, 100_000, 200_000);
        Assert.NotNull(kept);
    }

    private static void AssertNothing(Action run)
    {
        // Threads are started, and memory is taken.
        run();
        Assert.Equal(0, LeastAllocated(run));
    }

    // What others allocate meanwhile (the test host reports) can only add, and so does code that has not reached its last form, which
    // takes many rounds where the compiler's thread gets little of the processor: a run that allocates does so every time.
    private static long LeastAllocated(Action run)
    {
        const int Rounds = 500;
        long least = long.MaxValue;
        for (int i = 0; i < Rounds && least > 0; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            run();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }
}
