using GpuSer.Features.Stft;

namespace GpuSer.Features.Chroma;

/// <summary>Gaussian pitch-class filters for every tuning (D. Ellis, "Chroma feature analysis and synthesis", 2007).</summary>
internal static class ChromaTables
{
    /// <summary>Pitch classes, from C upwards.</summary>
    public const int Classes = 12;

    /// <summary>Bins of an octave in the tuning that the filters are made for.</summary>
    public const int TuningBinsPerOctave = 12;

    private static readonly float[]?[] Banks = new float[TuningTables.Count][];

    /// <summary>The bank for a tuning, made when first asked for and kept. [Classes, 1025]</summary>
    public static float[] Bank(int tuning) => Banks[tuning] ?? (Banks[tuning] = Make(TuningTables.Value(tuning)));

    private static float[] Make(double tuning)
    {
        double a0 = TuningTables.Reference * Math.Pow(2, tuning / Classes);
        double[] pitch = new double[StftTables.Bins + 1];
        for (int k = 1; k < pitch.Length; k++)
        {
            pitch[k] = Classes * Math.Log2(StftTables.Frequency(k) / a0);
        }

        pitch[0] = pitch[1] - (1.5 * Classes);
        float[] bank = new float[Classes * StftTables.Bins];
        double[] column = new double[Classes];
        for (int k = 0; k < StftTables.Bins; k++)
        {
            double width = Math.Max(1, pitch[k + 1] - pitch[k]);
            double norm = 0;
            for (int c = 0; c < Classes; c++)
            {
                double turn = pitch[k] - c + (Classes / 2.0);
                double distance = turn - (Classes * Math.Floor(turn / Classes)) - (Classes / 2.0);
                column[c] = Math.Exp(-2 * distance * distance / (width * width));
                norm += column[c] * column[c];
            }

            // Octaves far from the fifth above A0 count less.
            double octave = ((pitch[k] / Classes) - 5) / 2;
            double scale = Math.Exp(-0.5 * octave * octave) / Math.Sqrt(norm);
            for (int c = 0; c < Classes; c++)
            {
                // Pitches are counted from A; rows begin at C, three steps on.
                bank[((c + 9) % Classes * StftTables.Bins) + k] = (float)(column[c] * scale);
            }
        }

        return bank;
    }
}
