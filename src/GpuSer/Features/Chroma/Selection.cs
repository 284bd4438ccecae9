namespace GpuSer.Features.Chroma;

/// <summary>Finds the n-th smallest of some values without sorting them all (C. A. R. Hoare, "Algorithm 65: Find", 1961).</summary>
internal static class Selection
{
    /// <summary>The n-th smallest, counted from 0; what is before place n is then no larger, what is after it no smaller.</summary>
    public static float Nth(Span<float> values, int n)
    {
        int low = 0, high = values.Length - 1;
        while (low < high)
        {
            float pivot = Median(values[low], values[low + ((high - low) / 2)], values[high]);
            int i = low, j = high;
            while (i <= j)
            {
                while (values[i] < pivot)
                {
                    i++;
                }

                while (pivot < values[j])
                {
                    j--;
                }

                if (i <= j)
                {
                    (values[i], values[j]) = (values[j], values[i]);
                    i++;
                    j--;
                }
            }

            if (n <= j)
            {
                high = j;
            }
            else if (n >= i)
            {
                low = i;
            }
            else
            {
                break;
            }
        }

        return values[n];
    }

    private static float Median(float a, float b, float c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
