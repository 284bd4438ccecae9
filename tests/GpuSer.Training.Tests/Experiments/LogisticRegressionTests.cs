using GpuSer.Training.Experiments;

namespace GpuSer.Training.Tests.Experiments;

public class LogisticRegressionTests
{
    [Fact]
    public void The_gradient_is_that_of_finite_differences()
    {
        (double[][] rows, int[] labels) = Drawn(13, 5, 3);
        double[] weights = [.. Enumerable.Range(0, 3 * 6).Select(i => Math.Sin(i))], gradient = new double[18];
        LogisticRegression.Objective(rows, labels, weights, 0.3, gradient);
        for (int i = 0; i < weights.Length; i++)
        {
            const double step = 1e-5;
            double[] up = [.. weights], down = [.. weights];
            up[i] += step;
            down[i] -= step;
            double slope = (LogisticRegression.Objective(rows, labels, up, 0.3, new double[18]) - LogisticRegression.Objective(rows, labels, down, 0.3, new double[18]))
                / (2 * step);
            Assert.Equal(slope, gradient[i], 1e-8);
        }
    }

    [Fact]
    public void Classes_of_a_bias_alone_have_their_shares()
    {
        // Without columns, and with next to no penalty, the probabilities are the shares of the classes.
        double[][] rows = [.. Enumerable.Range(0, 10).Select(_ => new double[] { 1 })];
        int[] labels = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2];

        LogisticRegression model = LogisticRegression.Fit(rows, labels, 3, 1e-7);

        double[] shares = [0.5, 0.3, 0.2];
        for (int c = 0; c < 3; c++)
        {
            Assert.Equal(-Math.Log(shares[c]), model.Judge([1], c).Loss, 1e-5);
        }
    }

    [Fact]
    public void Two_classes_on_one_column_are_where_bisection_finds_them()
    {
        // Columns 1 and -1 for classes 0 and 1: by symmetry w0 = -w1 = w and no bias, and the derivative of log(1 + exp(-2w)) + penalty w^2 is zero.
        const double penalty = 0.05;
        double low = 0, high = 50;
        for (int i = 0; i < 200; i++)
        {
            double w = (low + high) / 2;
            (low, high) = (-2 / (1 + Math.Exp(2 * w))) + (2 * penalty * w) < 0 ? (w, high) : (low, w);
        }

        LogisticRegression model = LogisticRegression.Fit([[1, 1], [-1, 1]], [0, 1], 2, penalty);

        Assert.Equal(low, model.Weights(0)[0], 1e-6);
        Assert.Equal(-low, model.Weights(1)[0], 1e-6);
        Assert.Equal(0, model.Weights(0)[1], 1e-6);
        Assert.InRange(model.GradientNorm, 0, LogisticRegression.Tolerance);
    }

    [Fact]
    public void Classes_that_can_be_told_apart_are()
    {
        Random random = new(3);
        double[][] rows = [.. Enumerable.Range(0, 60).Select(i => new[] { Math.Cos(2.1 * (i % 3)) + (0.2 * random.NextDouble()), Math.Sin(2.1 * (i % 3)), 1 })];
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 3)];

        LogisticRegression model = LogisticRegression.Fit(rows, labels, 3, 1e-3);

        Assert.Equal(labels, rows.Zip(labels, (row, label) => model.Judge(row, label).Prediction));
    }

    [Fact]
    public void Columns_in_another_order_give_the_same_model_within_the_bound_of_the_gradients()
    {
        (double[][] rows, int[] labels) = Drawn(30, 40, 4);
        int[] order = [.. Enumerable.Range(0, 40).OrderBy(i => i * 17 % 40), 40];
        double[][] permuted = [.. rows.Select(row => Array.ConvertAll(order, i => row[i]))];

        LogisticRegression one = LogisticRegression.Fit(rows, labels, 4, 0.1), other = LogisticRegression.Fit(permuted, labels, 4, 0.1);

        double distance = 0;
        for (int c = 0; c < 4; c++)
        {
            for (int i = 0; i < order.Length; i++)
            {
                double difference = one.Weights(c)[order[i]] - other.Weights(c)[i];
                distance += difference * difference;
            }
        }

        Assert.InRange(Math.Sqrt(distance), 0, (one.GradientNorm + other.GradientNorm) / 0.1);
    }

    private static (double[][] Rows, int[] Labels) Drawn(int count, int columns, int classes)
    {
        Random random = new(5);
        return (
            [.. Enumerable.Range(0, count).Select(_ => (double[])[.. Enumerable.Range(0, columns).Select(_ => random.NextDouble() - 0.5), 1])],
            [.. Enumerable.Range(0, count).Select(i => i % classes)]);
    }
}
