namespace TorchSharp;

public static partial class torch
{
    /// <summary>One place of an index expression such as <c>t[2, .., 1..3]</c>: a position, a slice, a new dimension, or a tensor of positions.</summary>
    public struct TensorIndex
    {
        public static readonly TensorIndex Ellipsis = new(Place.Ellipsis);
        public static readonly TensorIndex None = new(Place.NewDimension);
        public static readonly TensorIndex Null = new(Place.NewDimension);
        public static readonly TensorIndex Colon = new(Place.Slice);

        private TensorIndex(Place kind, long? start = null, long? stop = null, long? step = null, Tensor? positions = null)
        {
            Kind = kind;
            Start = start;
            Stop = stop;
            Step = step;
            Positions = positions;
        }

        internal enum Place
        {
            Slice,
            Single,
            Ellipsis,
            NewDimension,
            Tensor,
        }

        internal readonly Place Kind { get; }

        internal readonly long? Start { get; }

        internal readonly long? Stop { get; }

        internal readonly long? Step { get; }

        internal readonly Tensor? Positions { get; }

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Index index) => Single(Signed(index));

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex((int?, int?) range) => Slice(range);

        public static TensorIndex Single(long? index) => new(Place.Single, index ?? throw new ArgumentNullException(nameof(index)));

        /// <summary>From <paramref name="start"/> up to before <paramref name="stop"/>; null is the end of the dimension, negative counts from it.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Place.Slice, start, stop, step);

        public static TensorIndex Slice((int?, int?) range) => Slice(range.Item1, range.Item2);

        public static TensorIndex Slice(Range range) => Slice(Signed(range.Start), range.End is { IsFromEnd: true, Value: 0 } ? null : Signed(range.End));

        public static TensorIndex Tensor(Tensor tensor) => new(Place.Tensor, positions: tensor);

        private static long Signed(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
