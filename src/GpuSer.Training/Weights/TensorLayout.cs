namespace GpuSer.Training.Weights;

/// <summary>Where a strided tensor's elements lie in its storage. Shapes, strides and offsets come from files and are not trusted.</summary>
internal static class TensorLayout
{
    /// <summary>Dimensions that a tensor may have; PyTorch's own limit.</summary>
    public const int MostDimensions = 64;

    /// <summary>
    /// Whether a tensor lies inside a storage. One with more elements than its storage, which only repeats them, does not: a few bytes could ask
    /// for any amount of memory.
    /// </summary>
    /// <param name="shape">Extents, outermost first.</param>
    /// <param name="strides">Elements from one index to the next, for each extent.</param>
    /// <param name="offset">The first element's place, at least 0.</param>
    /// <param name="count">Elements of the storage.</param>
    public static bool Fits(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, long offset, long count)
    {
        if (shape.Length > MostDimensions || shape.ContainsAnyInRange(long.MinValue, -1) || strides.ContainsAnyInRange(long.MinValue, -1))
        {
            return false;
        }

        if (shape.Contains(0))
        {
            return offset <= count;
        }

        Int128 elements = 1, last = offset;
        for (int i = 0; i < shape.Length; i++)
        {
            // Neither leaves 128 bits: both are at most a long's square before they are found too large.
            elements *= shape[i];
            last += (Int128)(shape[i] - 1) * strides[i];
            if (elements > count || last >= count)
            {
                return false;
            }
        }

        return elements <= count && last < count;
    }

    /// <summary>Number of elements of a shape that was found to fit.</summary>
    public static long Count(IReadOnlyList<long> shape) => shape.Contains(0) ? 0 : shape.Aggregate(1L, (product, extent) => checked(product * extent));

    /// <summary>Whether the elements lie side by side in C order.</summary>
    public static bool IsContiguous(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        long expected = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] != 1 && strides[i] != expected)
            {
                return shape.Contains(0);
            }

            expected *= shape[i];
        }

        return true;
    }

    /// <summary>Elements from the tensor's first in memory to its last; 0 for an empty one.</summary>
    public static long Span(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        long span = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] == 0)
            {
                return 0;
            }

            span += (shape[i] - 1) * strides[i];
        }

        return span;
    }

    /// <summary>Copies elements in C order out of the memory that they are strewn over.</summary>
    /// <param name="memory">From the tensor's first element in memory. [length = <see cref="Span"/> * width]</param>
    /// <param name="shape">Extents, outermost first.</param>
    /// <param name="strides">Elements from one index to the next, for each extent.</param>
    /// <param name="width">Bytes of an element.</param>
    /// <param name="first">The first element to copy, counted in C order.</param>
    /// <param name="destination">Where they go. [length = elements * width]</param>
    public static void Gather(
        ReadOnlySpan<byte> memory, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, int width, long first, Span<byte> destination)
    {
        Span<long> index = stackalloc long[shape.Length];
        long place = 0, rest = first;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            (rest, index[i]) = Math.DivRem(rest, shape[i]);
            place += index[i] * strides[i];
        }

        for (int done = 0; done < destination.Length; done += width)
        {
            memory.Slice(checked((int)(place * width)), width).CopyTo(destination[done..]);
            for (int i = shape.Length - 1; i >= 0; i--)
            {
                place += strides[i];
                if (++index[i] < shape[i])
                {
                    break;
                }

                place -= index[i] * strides[i];
                index[i] = 0;
            }
        }
    }
}
