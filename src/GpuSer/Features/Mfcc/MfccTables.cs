using GpuSer.Features.Mel;

namespace GpuSer.Features.Mfcc;

/// <summary>The orthonormal DCT-II that turns a mel spectrum in decibels into cepstral coefficients.</summary>
internal static class MfccTables
{
    /// <summary>Coefficients kept, the zeroth included.</summary>
    public const int Coefficients = 13;

    /// <summary>Span of the decibels kept under the signal's largest value.</summary>
    public const float TopDecibels = 80;

    /// <summary>Least power told apart, so that silence has finite decibels.</summary>
    public const float LeastPower = 1e-10f;

    /// <summary>Row c, band m: <c>sqrt(2/M) cos(pi c (m + 1/2) / M)</c>; row 0 over sqrt 2. [Coefficients, MelTables.Bands]</summary>
    public static float[] Dct { get; } = MakeDct();

    private static float[] MakeDct()
    {
        const int M = MelTables.Bands;
        float[] dct = new float[Coefficients * M];
        for (int c = 0; c < Coefficients; c++)
        {
            double scale = Math.Sqrt((c == 0 ? 1.0 : 2.0) / M);
            for (int m = 0; m < M; m++)
            {
                dct[(c * M) + m] = (float)(scale * Math.Cos(Math.PI * c * (m + 0.5) / M));
            }
        }

        return dct;
    }
}
