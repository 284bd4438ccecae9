using GpuSer.Features;

namespace GpuSer.Tests.Features;

public class FeatureOrderTests
{
    [Fact]
    public void All_orders_are_there_once_and_read_as_they_are_written()
    {
        string[] all = [.. FeatureOrder.All().Select(order => FeatureOrder.Format(order))];

        Assert.Equal(720, all.Distinct().Count());
        Assert.Equal("mfcc,mel,chroma,contrast,tonnetz,harmonic-percussive", all[0]);
        Assert.Equal(all, all.Select(text => FeatureOrder.Format(FeatureOrder.Parse(text))));
    }

    [Theory]
    [InlineData("mfcc,mel", "Chroma is there 0 times")]
    [InlineData("mfcc,mel,chroma,contrast,tonnetz,mel", "Mel is there 2 times")]
    [InlineData("mfcc,mel,chroma,contrast,tonnetz,pitch", "'pitch'")]
    [InlineData("", "''")]
    public void What_is_no_order_is_named(string text, string named) =>
        Assert.Contains(named, Assert.Throws<GpuSerException>(() => FeatureOrder.Parse(text)).Message, StringComparison.Ordinal);
}
