namespace GpuSer.Tests.Features;

public sealed class ImageCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-cache-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_image_is_made_once_and_found_again_to_the_last_bit()
    {
        float[] signal = Signals.Voice(5000, 1), plain = Image(signal, null, out _);

        float[] made = Image(signal, FeatureOptions.Default, out ImageCache first), found = Image(signal, FeatureOptions.Default, out ImageCache second);

        Assert.Equal((0, 1, 0), (first.Found, first.Missing, first.Unsaved));
        Assert.Equal((1, 0, 0), (second.Found, second.Missing, second.Unsaved));
        Assert.Equal(plain, made);
        Assert.Equal(plain, found);
    }

    [Fact]
    public void Another_sample_length_or_order_is_another_image()
    {
        float[] signal = Signals.Voice(5000, 1);
        Image(signal, FeatureOptions.Default, out _);
        float[] other = [.. signal];
        other[4999] = MathF.BitIncrement(other[4999]);

        foreach ((float[] samples, FeatureOptions options) in new[]
        {
            (other, FeatureOptions.Default), (signal[..4999], FeatureOptions.Default),
            (signal, FeatureOptions.Default with { Order = [.. FeatureOptions.Default.Order.Reverse()] }),
        })
        {
            float[] image = Image(samples, options, out ImageCache cache);
            Assert.Equal((0, 1), (cache.Found, cache.Missing));
            using FeatureExtractor plain = new(options, 1);
            float[] expected = new float[image.Length];
            plain.ComputeImage(samples, expected);
            Assert.Equal(expected, image);
        }
    }

    [Fact]
    public void Damaged_and_cut_entries_are_made_again()
    {
        float[] signal = Signals.Voice(3000, 2), plain = Image(signal, FeatureOptions.Default, out _);
        string entry = Assert.Single(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
        byte[] whole = File.ReadAllBytes(entry);
        Random random = new(3);
        for (int i = 0; i < 50; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(entry, i % 2 == 0 ? damaged : whole[..random.Next(whole.Length)]);

            Assert.Equal(plain, Image(signal, FeatureOptions.Default, out ImageCache cache));
            Assert.Equal((0, 1), (cache.Found, cache.Missing));
            Assert.Equal(whole, File.ReadAllBytes(entry));
        }
    }

    [Fact]
    public void What_a_killed_process_left_is_removed_and_what_another_writes_is_not()
    {
        Image(Signals.Voice(3000, 2), FeatureOptions.Default, out _);
        string folder = Path.Combine(_folder, "unfinished"), left = Path.Combine(folder, "left.tmp"), written = Path.Combine(folder, "written.tmp");
        Assert.Empty(Directory.GetFiles(folder));
        File.WriteAllText(left, "half");
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddHours(-2));
        File.WriteAllText(written, "half");

        Image(Signals.Voice(3000, 2), FeatureOptions.Default, out ImageCache cache);

        Assert.Equal((1, 0, 0), (cache.Found, cache.Missing, cache.Unsaved));
        Assert.Equal([written], Directory.GetFiles(folder));
    }

    [Fact]
    public void What_cannot_be_kept_is_counted_and_the_image_is_there()
    {
        float[] signal = Signals.Voice(3000, 2), plain = Image(signal, null, out _);
        foreach (int first in Enumerable.Range(0, 256))
        {
            // Files where the entries' folders would be.
            File.WriteAllText(Path.Combine(_folder, first.ToString("x2", provider: null)), "");
        }

        Assert.Equal(plain, Image(signal, FeatureOptions.Default, out ImageCache cache));
        Assert.Equal((0, 1, 1), (cache.Found, cache.Missing, cache.Unsaved));
    }

    private float[] Image(float[] signal, FeatureOptions? options, out ImageCache cache)
    {
        cache = options is null ? null! : new ImageCache(_folder, options);
        using FeatureExtractor extractor = new(options, 1, options is null ? null : cache);
        float[] image = new float[FeatureExtractor.Frames(signal.Length) * FeatureExtractor.Rows];
        extractor.ComputeImage(signal, image);
        return image;
    }
}
