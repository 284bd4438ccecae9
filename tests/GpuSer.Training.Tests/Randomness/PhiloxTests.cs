using GpuSer.Training.Randomness;

namespace GpuSer.Training.Tests.Randomness;

public class PhiloxTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(1003)]
    public void A_sequence_goes_on_from_any_position(int drawn)
    {
        Philox first = new(7, RandomStream.CutMix, 3);
        uint[] all = [.. Enumerable.Range(0, drawn + 10).Select(_ => first.NextUInt32())];

        Philox second = new(7, RandomStream.CutMix, 3) { Position = (ulong)drawn };

        Assert.Equal(all[drawn..], Enumerable.Range(0, 10).Select(_ => second.NextUInt32()));
        Assert.Equal(first.Position, second.Position);
    }

    [Fact]
    public void Seeds_streams_and_indices_each_give_another_sequence()
    {
        Philox[] all =
        [
            new(1, RandomStream.Order), new(2, RandomStream.Order), new(1UL << 32, RandomStream.Order), new(1, RandomStream.Crop), new(1, RandomStream.Order, 1),
        ];

        Assert.Equal(all.Length, all.Select(random => (random.NextUInt32(), random.NextUInt32())).Distinct().Count());
    }
}
