using GpuSer.Randomness;

namespace GpuSer.Tests.Randomness;

public class Philox4x32Tests
{
    // Known answers of Random123 (kat_vectors, "philox 4 32 10").
    [Theory]
    [InlineData(new uint[] { 0, 0, 0, 0 }, 0UL, new[] { 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u })]
    [InlineData(
        new[] { 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu }, ulong.MaxValue, new[] { 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu })]
    [InlineData(
        new[] { 0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u }, 0x299f31d0a4093822UL, new[] { 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u })]
    public void Known_answers(uint[] counter, ulong key, uint[] expected)
    {
        Philox4x32.Rounds(counter, key);
        Assert.Equal(expected, counter);
    }

    [Fact]
    public void A_counter_has_four_words() => Assert.Throws<ArgumentException>(() => Philox4x32.Rounds(new uint[3], 0));
}
