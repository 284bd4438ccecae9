using GpuSer.Training.Randomness;

namespace GpuSer.Training.Tests.Randomness;

public class PhiloxTests
{
    // Known answers of Random123, the authors' own implementation.
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Ten_rounds_give_the_published_answers(
        uint c0, uint c1, uint c2, uint c3, uint key0, uint key1, uint r0, uint r1, uint r2, uint r3)
    {
        uint[] counter = [c0, c1, c2, c3];

        Philox.Rounds(counter, key0, key1);

        Assert.Equal([r0, r1, r2, r3], counter);
    }

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
