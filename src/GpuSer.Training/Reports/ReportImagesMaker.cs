using GpuSer.Features;
using GpuSer.Training.Augmentation;
using GpuSer.Training.Data;
using GpuSer.Training.Randomness;
using GpuSer.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Reports;

/// <summary>Makes a report's example images from the recordings themselves, as the training made them, on the CPU.</summary>
internal sealed class ReportImagesMaker(RunFolder run, IReadOnlyDictionary<string, Utterance> recordings)
{
    private const int MostExamples = 4;

    // A box that takes next to nothing, or everything, shows nothing.
    private const double LeastShare = 0.3, MostShare = 0.7;
    private const uint MostDraws = 1000;

    private readonly RunConfiguration _configuration = run.Configuration;

    /// <summary>Makes the images; null where no recording can be read.</summary>
    public ReportImages? Make()
    {
        List<VoicedUtterance> examples = OfDifferentClasses(run.Split.Test, MostExamples);
        if (examples.Count == 0)
        {
            return null;
        }

        using ImageBatch images = ImageBatch.On(null, _configuration.Model.Features, threads: 1);
        return new ReportImages(
            FeatureExtractor.Rows,
            [.. ImageBlock.Of(_configuration.Model.Features).Select(block => new ReportBlock(block.Name, block.FirstRow, block.Rows))],
            [.. examples.Select(example => Picture(CaptionOf(example), Fill(images, example)[0]))],
            Mix(images));
    }

    private ReportMix? Mix(ImageBatch images)
    {
        VoicedUtterance[] pair = [.. OfDifferentClasses(run.Split.Train, 2)];
        if (pair.Length < 2 || _configuration.Options.CutMixAlpha == 0)
        {
            return null;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor batch = images.Fill([.. pair.Select(Crop)]);
        ReportImage[] before = [.. Values(batch).Zip(pair, (image, voiced) => Picture(CaptionOf(voiced), image))];
        if (Draw(batch.shape) is not { } mix)
        {
            return null;
        }

        images.Mix(batch, mix);
        string own = LabelOf(pair[0]), partner = LabelOf(pair[1]);
        string shares = FormattableString.Invariant($"{100 * mix.Lambda:0} % {own}, {100 * (1 - mix.Lambda):0} % {partner}");
        ReportImage mixed = new(shares, before[0].Frames, PngFile.DataUri(FeaturePicture.Plain(Values(batch)[0], mix.Box)));
        return new ReportMix(
            before[0], before[1], mixed,
            FormattableString.Invariant($"lambda = {mix.Lambda:0.00}: the first image keeps that share of its own, the framed box comes from its partner, and the loss is shared alike. ")
            + FormattableString.Invariant($"Drawn as in training with alpha = {_configuration.Options.CutMixAlpha}; the first draw whose box takes {100 * LeastShare:0} to {100 * MostShare:0} % is shown.")
            + (_configuration.Options.PadBatches ? "" : " Both are padded to one length here; the training mixed them at their own lengths."));
    }

    private CutMix? Draw(long[] shape)
    {
        for (uint step = 0; step < MostDraws; step++)
        {
            Philox random = new((ulong)_configuration.Options.Seed, RandomStream.CutMix, step);
            CutMix mix = CutMix.Draw(random, _configuration.Options.CutMixAlpha, (int)shape[0], (int)shape[1], (int)shape[2]);
            if (mix.Partner[0] == 1 && mix.Lambda is >= 1 - MostShare and <= 1 - LeastShare)
            {
                return mix;
            }
        }

        return null;
    }

    private List<VoicedUtterance> OfDifferentClasses(IReadOnlyList<string> names, int most)
    {
        List<VoicedUtterance> found = [];
        HashSet<int> labels = [];
        foreach (string name in names)
        {
            if (found.Count < most && recordings.TryGetValue(name, out Utterance? utterance) && !labels.Contains(utterance.Label) && TryRead(utterance) is { } samples)
            {
                labels.Add(utterance.Label);
                found.Add(new VoicedUtterance(utterance, samples));
            }
        }

        return found;
    }

    private static float[]? TryRead(Utterance utterance)
    {
        try
        {
            return VoicedLoader.Read(utterance.Path, CancellationToken.None);
        }
        catch (GpuSerException)
        {
            return null; // an example less; training has told of it
        }
    }

    // Whole, as tests judge it; only what is trained on is cropped.
    private static List<float[]> Fill(ImageBatch images, VoicedUtterance voiced)
    {
        using DisposeScope scope = NewDisposeScope();
        return Values(images.Fill([voiced.Samples]));
    }

    private static List<float[]> Values(Tensor images)
    {
        int size = checked((int)(images.shape[1] * images.shape[2]));
        ReadOnlySpan<float> all = TensorMemory.Floats(images);
        List<float[]> values = [];
        for (int i = 0; i < images.shape[0]; i++)
        {
            values.Add(all.Slice(i * size, size).ToArray());
        }

        return values;
    }

    private ReadOnlyMemory<float> Crop(VoicedUtterance voiced) =>
        voiced.Samples.AsMemory(0, Math.Min(voiced.Samples.Length, _configuration.Options.LongestCrop()));

    private static ReportImage Picture(string caption, float[] image) =>
        new(caption, image.Length / FeatureExtractor.Rows, PngFile.DataUri(FeaturePicture.Plain(image)));

    private string LabelOf(VoicedUtterance voiced) => _configuration.Model.Labels[voiced.Utterance.Label];

    private string CaptionOf(VoicedUtterance voiced) => $"{LabelOf(voiced)}: {voiced.Utterance.Name}";
}
