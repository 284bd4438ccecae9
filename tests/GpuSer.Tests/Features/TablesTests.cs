using GpuSer.Features;
using GpuSer.Features.Chroma;
using GpuSer.Features.Contrast;
using GpuSer.Features.Mel;
using GpuSer.Features.Mfcc;
using GpuSer.Features.Stft;
using GpuSer.Features.Tonnetz;
using GpuSer.Reference;

namespace GpuSer.Tests.Features;

public class TablesTests
{
    [SkippableFact]
    public void Golden_tables_are_reproduced()
    {
        Skip.IfNot(Golden.Present, "golden files are absent");
        AssertClose(StftTables.Window, "hann_2048");
        AssertClose(Dense(MelTables.Bank), "mel_128");
        AssertClose(Dense(MelTables.HpssBank), "mel_64");
        AssertClose(ChromaTables.Bank(50), "chroma_tuning_0");
        AssertClose(ChromaTables.Bank(67), "chroma_tuning_p0.17");
        AssertClose(HalvingTables.Filter, "soxr_hq_halving_taps", 3e-7);
        float[] fold = new float[12 * ConstantQTables.Rows];
        for (int k = 0; k < ConstantQTables.Rows; k++)
        {
            fold[(TonnetzTables.PitchClass(k) * ConstantQTables.Rows) + k] = 1;
        }

        AssertClose(fold, "cq_to_chroma_252_36");
    }

    [Fact]
    public void Twiddles_are_exact_at_eighths_and_symmetric()
    {
        for (int k = 0; k < 2048; k++)
        {
            (double c, double s) = StftTables.Twiddle(k, 2048);
            Assert.Equal(Math.Cos(2 * Math.PI * k / 2048), c, 1e-15);
            Assert.Equal(Math.Sin(2 * Math.PI * k / 2048), s, 1e-15);
            (double oppositeC, double oppositeS) = StftTables.Twiddle(k + 1024, 2048);
            Assert.Equal((-c, -s), (oppositeC, oppositeS));
        }

        Assert.Equal((0.0, 1.0), StftTables.Twiddle(512, 2048));
        Assert.Equal(1, StftTables.Window[1024]);
        Assert.Equal(0, StftTables.Window[0]);
    }

    [Fact]
    public void Mel_triangles_have_unit_area()
    {
        double binWidth = StftTables.Frequency(1);
        for (int band = 40; band < MelTables.Bands; band++)
        {
            Assert.Equal(1, MelTables.Bank.Row(band).ToArray().Sum() * binWidth, 0.05);
        }
    }

    [Fact]
    public void Dct_rows_are_orthonormal()
    {
        for (int a = 0; a < MfccTables.Coefficients; a++)
        {
            for (int b = 0; b < MfccTables.Coefficients; b++)
            {
                double dot = Enumerable.Range(0, 128).Sum(m => (double)MfccTables.Dct[(a * 128) + m] * MfccTables.Dct[(b * 128) + m]);
                Assert.Equal(a == b ? 1 : 0, dot, 1e-6);
            }
        }
    }

    [Fact]
    public void Contrast_bands_are_octaves_of_200_Hz()
    {
        ContrastBand[] expected =
        [
            new(0, 18, 1), new(18, 37, 1), new(37, 74, 1), new(74, 148, 2), new(148, 297, 3), new(297, 594, 6), new(594, 1025, 9),
        ];
        Assert.Equal(expected, ContrastTables.Bands);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(99)]
    public void Constant_Q_filters_peak_at_their_frequency(int tuning)
    {
        ConstantQBank bank = ConstantQTables.Bank(tuning);
        for (int i = 0; i < ConstantQTables.BinsPerOctave; i++)
        {
            int peak = bank.Offset[i];
            for (int j = bank.Offset[i]; j < bank.Offset[i + 1]; j++)
            {
                peak = float.Hypot(bank.Re[j], bank.Im[j]) > float.Hypot(bank.Re[peak], bank.Im[peak]) ? j : peak;
            }

            double frequency = 32.70319566257483 * 64 * Math.Pow(2, (i + TuningTables.Value(tuning)) / 36);
            double bin = frequency * ConstantQTables.FftLength / StftTables.SampleRate;
            Assert.InRange(bank.First[i] + peak - bank.Offset[i], bin - 1, bin + 1);
        }
    }

    private static float[] Dense(SparseBank bank)
    {
        float[] dense = new float[bank.Rows * bank.Columns];
        for (int r = 0; r < bank.Rows; r++)
        {
            bank.Row(r).CopyTo(dense.AsSpan((r * bank.Columns) + bank.First[r]));
        }

        return dense;
    }

    private static void AssertClose(float[] table, string name, double limit = 1e-7)
    {
        Difference difference = Difference.Between(table, Golden.Load("tables", name).Data);
        Assert.True(difference.Relative <= limit, $"{name}: e {difference.Relative:E1}, a {difference.Largest:E1}");
    }
}
