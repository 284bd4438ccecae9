using GpuSer.Training;

namespace GpuSer.Console.Output;

/// <summary>The live line of a training step, with as much of it as a terminal's width holds.</summary>
internal static class BatchLine
{
    /// <summary>Steps whose losses are drawn.</summary>
    public const int Recent = 10;

    private const int BarWidth = 24;

    /// <summary>The line: what goes first where there is no room is the bar, then the curve, the speed, and the accuracy.</summary>
    /// <param name="batch">The step.</param>
    /// <param name="curve">Losses of the last steps, drawn.</param>
    /// <param name="width">Characters that are shown.</param>
    public static string Of(BatchTrained batch, string curve, int width)
    {
        string epoch = $"epoch {batch.Epoch}/{batch.Epochs} ", bar = Bar((double)batch.Batch / batch.Batches) + " ", done = $"{batch.Batch}/{batch.Batches}";
        string loss = $" loss {Figures.Number(batch.Loss, "0.000")}", accuracy = $" acc {Figures.Percent(batch.Accuracy)}";
        string speed = $" {Figures.Number(batch.UtterancesPerSecond, batch.UtterancesPerSecond < 100 ? "0.0" : "0")} utt/s", left = $" left {Figures.Duration(batch.TimeLeft)}";
        string[] lines =
        [
            epoch + bar + done + loss + accuracy + speed + left + " " + curve,
            epoch + done + loss + accuracy + speed + left + " " + curve,
            epoch + done + loss + accuracy + speed + left,
            epoch + done + loss + accuracy + left,
            epoch + done + loss + left,
        ];
        return lines.FirstOrDefault(line => line.Length <= width) ?? lines[^1];
    }

    /// <summary>A share as a bar.</summary>
    public static string Bar(double share)
    {
        int full = (int)Math.Round(share * BarWidth);
        return "[" + new string('#', full) + new string('.', BarWidth - full) + "]";
    }
}
