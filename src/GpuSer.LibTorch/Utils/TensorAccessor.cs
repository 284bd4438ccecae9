using System.Collections;

namespace TorchSharp.Utils;

/// <summary>
/// The elements of a CPU tensor, read and written in place, in the tensor's logical order whatever its strides.
/// It keeps the tensor's object alive, but the tensor can still be disposed under it.
/// </summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;
    private torch.Tensor? _tensor;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _tensor = tensor;
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = tensor.NumberOfElements;
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    private T* Start => (T*)(_tensor ?? throw new ObjectDisposedException(nameof(TensorAccessor<T>))).DataPointer;

    /// <summary>One index counts through the whole tensor; otherwise one for each dimension.</summary>
    public T this[params long[] indices]
    {
        get => Start[Offset(indices)];
        set => Start[Offset(indices)] = value;
    }

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) => left.Equals(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !left.Equals(right);

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array.AsSpan());
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies from <paramref name="tensorIndex"/> on, as much as both sides have.</summary>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        int count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        var target = array.Slice(arrayIndex, count);
        T* start = Start;
        if (_contiguous)
        {
            new ReadOnlySpan<T>(start + tensorIndex, count).CopyTo(target);
            return;
        }

        for (int i = 0; i < count; i++) target[i] = start[Logical(tensorIndex + i)];
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        int count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        var source = array.Slice(arrayIndex, count);
        T* start = Start;
        if (_contiguous)
        {
            source.CopyTo(new Span<T>(start + tensorIndex, count));
            return;
        }

        for (int i = 0; i < count; i++) start[Logical(tensorIndex + i)] = source[i];
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return At(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override bool Equals(object? obj) => obj is TensorAccessor<T> other && Count == other.Count && this.SequenceEqual(other);

    public override int GetHashCode() => HashCode.Combine(Count, _shape.Length);

    public void Dispose() => _tensor = null;

    internal static T First(torch.Tensor tensor)
    {
        T value = *(T*)tensor.DataPointer;
        GC.KeepAlive(tensor);
        return value;
    }

    private T At(long index) => Start[Logical(index)];

    private long Offset(long[] indices)
    {
        if (indices.Length == 1 && _shape.Length != 1) return Logical(indices[0]);
        if (indices.Length != _shape.Length)
            throw new ArgumentException($"{indices.Length} indices for a tensor of {_shape.Length} dimensions.", nameof(indices));

        long offset = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(indices[i], nameof(indices));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(indices[i], _shape[i], nameof(indices));
            offset += indices[i] * _strides[i];
        }

        return offset;
    }

    // Where the element of that number, counted with the last dimension fastest, lies in memory.
    private long Logical(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        if (_contiguous) return index;

        long offset = 0;
        for (int i = _shape.Length - 1; i >= 0; i--)
        {
            (index, long position) = Math.DivRem(index, _shape[i]);
            offset += position * _strides[i];
        }

        return offset;
    }
}
