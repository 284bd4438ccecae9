using System.Text.Json;
using GpuSer.IO;
using GpuSer.Reference;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests.Models;

/// <summary>What PyTorch and torchvision gave for a network, read from the golden folder.</summary>
internal sealed record VggGolden(
    long[] Labels, float[][] EvalLogits, float[][] TrainLogits, Dictionary<string, VggGolden.Gradient> Grads, double[] Losses, Dictionary<string, double> Moved)
{
    internal sealed record Gradient(double Norm, float[] First);

    public static VggGolden Read(string name)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("vgg", name)));
        JsonElement root = json.RootElement;
        return new VggGolden(
            root.GetProperty("labels").Deserialize<long[]>()!,
            root.GetProperty("eval_logits").Deserialize<float[][]>()!,
            root.GetProperty("train_logits").Deserialize<float[][]>()!,
            root.GetProperty("grads").EnumerateObject().ToDictionary(
                grad => grad.Name,
                grad => new Gradient(grad.Value.GetProperty("norm").GetDouble(), grad.Value.GetProperty("first").Deserialize<float[]>()!)),
            root.GetProperty("losses").Deserialize<double[]>()!,
            root.GetProperty("moved_after_3_steps").Deserialize<Dictionary<string, double>>()!);
    }

    public static Tensor Images()
    {
        NpyArray images = Golden.Load("batch4", "images");
        return tensor(images.Data, [.. images.Shape.Select(extent => (long)extent)]);
    }
}

/// <summary>What our network gives for the same: one run of each, shared by the tests, since a full network takes many seconds.</summary>
public sealed class VggRun : IDisposable
{
    private const int Steps = 3;

    private readonly Dictionary<bool, VggRun.Outcome> _outcomes = [];

    internal sealed record Outcome(
        VggGolden Golden, Vgg Network, float[] EvalLogits, float[] TrainLogits, Dictionary<string, VggGolden.Gradient> Grads, double[] Losses, Dictionary<string, double> Moved);

    public void Dispose()
    {
        foreach (Outcome outcome in _outcomes.Values)
        {
            outcome.Network.Dispose();
        }
    }

    internal Outcome Of(bool batchNorm) => _outcomes.TryGetValue(batchNorm, out Outcome? outcome) ? outcome : _outcomes[batchNorm] = Run(batchNorm);

    private static Outcome Run(bool batchNorm)
    {
        VggGolden golden = VggGolden.Read(batchNorm ? "vgg16_bn.json" : "vgg16.json");
        Vgg network = new(new VggOptions { BatchNorm = batchNorm, Dropout = 0 });
        using DisposeScope scope = NewDisposeScope();
        FormulaWeights.Fill(network);
        Tensor images = ImageBatch.OnChannels(VggGolden.Images());
        network.eval();
        float[] evalLogits;
        using (no_grad())
        {
            evalLogits = TensorMemory.Floats(network.call(images)).ToArray();
        }

        network.train();
        float[] trainLogits = [];
        double[] losses = new double[Steps];
        Dictionary<string, VggGolden.Gradient> grads = [];
        Dictionary<string, float[]> before = network.named_parameters().ToDictionary(p => p.name, p => TensorMemory.Floats(p.parameter).ToArray());
        using FusedAdam adam = new(network.named_parameters(), new AdamOptions { LearningRate = 1e-5 });
        for (int step = 0; step < Steps; step++)
        {
            using DisposeScope stepScope = NewDisposeScope();
            Tensor logits = network.call(images);
            Tensor loss = nn.functional.cross_entropy(logits, tensor(golden.Labels));
            losses[step] = loss.item<float>();
            loss.backward();
            if (step == 0)
            {
                trainLogits = TensorMemory.Floats(logits).ToArray();
                grads = network.named_parameters().ToDictionary(p => p.name, p => Summary(TensorMemory.Floats(TensorMemory.Gradient(p.parameter)!)));
            }

            adam.Step();
        }

        Dictionary<string, double> moved = network.named_parameters().ToDictionary(p => p.name, p => Distance(TensorMemory.Floats(p.parameter), before[p.name]));
        return new Outcome(golden, network, evalLogits, trainLogits, grads, losses, moved);
    }

    private static VggGolden.Gradient Summary(ReadOnlySpan<float> gradient)
    {
        double sum = 0;
        foreach (float value in gradient)
        {
            sum += (double)value * value;
        }

        return new VggGolden.Gradient(Math.Sqrt(sum), gradient[..Math.Min(4, gradient.Length)].ToArray());
    }

    private static double Distance(ReadOnlySpan<float> after, ReadOnlySpan<float> before)
    {
        double sum = 0;
        for (int i = 0; i < after.Length; i++)
        {
            double difference = (double)after[i] - before[i];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }
}
