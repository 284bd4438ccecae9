using System.Text.Json;
using GpuSer.Reference;
using GpuSer.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests.Models;

public class VggGoldenTests(VggRun run) : IClassFixture<VggRun>
{
    private const double Tolerance = 1e-4;

    /// <summary>What the gradient's norm of a bias before a batch normalisation stays under: its true value is zero.</summary>
    private const double ZeroGradient = 1e-3;

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Logits_and_losses_are_those_of_torchvision(bool batchNorm)
    {
        Skip.IfNot(Golden.Present, "no golden files");
        VggRun.Outcome outcome = run.Of(batchNorm);

        AssertClose(outcome.Golden.EvalLogits, outcome.EvalLogits);
        AssertClose(outcome.Golden.TrainLogits, outcome.TrainLogits);
        for (int step = 0; step < outcome.Losses.Length; step++)
        {
            Assert.InRange(outcome.Losses[step] / outcome.Golden.Losses[step], 1 - Tolerance, 1 + Tolerance);
        }
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_gradient_is_that_of_torchvision(bool batchNorm)
    {
        Skip.IfNot(Golden.Present, "no golden files");
        VggRun.Outcome outcome = run.Of(batchNorm);

        Assert.Equal(outcome.Golden.Grads.Keys.Order(), outcome.Grads.Keys.Order());
        foreach ((string name, VggGolden.Gradient golden) in outcome.Golden.Grads)
        {
            VggGolden.Gradient actual = outcome.Grads[name];
            if (outcome.Network.IsBiasBeforeBatchNorm(name))
            {
                Assert.True(actual.Norm < ZeroGradient, $"{name}: {actual.Norm}");
                continue;
            }

            double relative = Math.Abs((actual.Norm / golden.Norm) - 1);
            Assert.True(relative <= Tolerance, $"{name}: norm {actual.Norm} instead of {golden.Norm}, {relative:e1}");
            for (int i = 0; i < golden.First.Length; i++)
            {
                // Single elements are sums with cancellation; their error is judged against the gradient's size.
                double error = Math.Abs(actual.First[i] - golden.First[i]);
                Assert.True(error <= Tolerance * golden.Norm, $"{name}[{i}]: {actual.First[i]} instead of {golden.First[i]}");
            }
        }
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Three_steps_of_Adam_move_every_parameter_as_far(bool batchNorm)
    {
        Skip.IfNot(Golden.Present, "no golden files");
        VggRun.Outcome outcome = run.Of(batchNorm);

        Dictionary<string, Tensor> state = outcome.Network.State().ToDictionary(entry => entry.Name, entry => entry.Tensor);
        foreach ((string name, double golden) in outcome.Golden.Moved)
        {
            if (!outcome.Network.IsBiasBeforeBatchNorm(name))
            {
                // A step of 1e-5 is only some hundred times float32's spacing near 1, so a movement is known no better than the weights themselves.
                using Tensor norm = state[name].detach().norm();
                double resolution = Math.Pow(2, -24) * norm.item<float>(), error = Math.Abs(outcome.Moved[name] - golden);
                Assert.True(error <= (Tolerance * golden) + resolution, $"{name}: moved {outcome.Moved[name]} instead of {golden}, {error / golden:e1}");
            }
        }
    }

    [SkippableTheory]
    [InlineData(true, "vgg16_bn_state_dict.json")]
    [InlineData(false, "vgg16_state_dict.json")]
    public void The_state_has_torchvisions_names_shapes_and_types_in_its_order(bool batchNorm, string file)
    {
        Skip.IfNot(Golden.Present, "no golden files");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("vgg", file)));
        string[] expected = [.. json.RootElement.EnumerateArray().Select(entry =>
            $"{entry[0].GetString()} ({string.Join(", ", entry[1].Deserialize<long[]>()!)}) {entry[2].GetString()}")];

        IEnumerable<string> actual = run.Of(batchNorm).Network.State().Select(entry =>
            $"{entry.Name} ({string.Join(", ", entry.Tensor.shape)}) torch.{(entry.Tensor.dtype == ScalarType.Int64 ? "int64" : "float32")}");

        Assert.Equal(expected, actual);
    }

    [SkippableFact]
    public void The_narrow_network_gives_its_golden_logits_and_sums()
    {
        Skip.IfNot(Golden.Present, "no golden files");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("vgg", "narrow.json")));
        using DisposeScope scope = NewDisposeScope();
        using Vgg network = new(new VggOptions { Classes = 1000, WidthDivisor = 16, Hidden = 64 });
        FormulaWeights.Fill(network);
        foreach ((string name, Tensor tensor) in network.State().Where(entry => entry.Tensor.dtype == ScalarType.Float32))
        {
            double golden = json.RootElement.GetProperty("sum").GetProperty(name).GetDouble(), sum = 0, size = 0;
            foreach (float value in TensorMemory.Floats(tensor))
            {
                (sum, size) = (sum + value, size + Math.Abs(value));
            }

            Assert.True(Math.Abs(sum - golden) <= 1e-6 * size, $"{name}: sum {sum} instead of {golden}");
        }

        network.eval();
        Tensor logits = network.call(ImageBatch.OnChannels(VggGolden.Images())).detach();

        float[][] first = json.RootElement.GetProperty("eval_logits_first8").Deserialize<float[][]>()!;
        AssertClose(first, TensorMemory.Floats(logits.narrow(1, 0, 8).contiguous()).ToArray());
    }

    private static void AssertClose(float[][] golden, float[] actual)
    {
        Difference difference = Difference.Between(actual, [.. golden.SelectMany(row => row)]);
        Assert.True(difference.Relative <= Tolerance, $"e = {difference.Relative:e2}");
    }
}
