using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor that torch owns. It lives until it is disposed, its dispose scope ends, or it is collected; views share
    /// the memory and keep it.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;

        // One reference to a TensorImpl; 0 once disposed.
        private nint _handle;

        internal Tensor(IntPtr handle)
        {
            _handle = handle;
            long count = Interlocked.Increment(ref _totalCount);
            if (count > Interlocked.Read(ref _peakCount)) Interlocked.Exchange(ref _peakCount, count);
            DisposeScopeManager.OfThisThread.Innermost?.Own(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>Tensor objects alive now (their number, not their bytes).</summary>
        public static long TotalCount => Interlocked.Read(ref _totalCount);

        public static long PeakCount => Interlocked.Read(ref _peakCount);

        public string? name { get; set; }

        /// <exception cref="InvalidOperationException">The tensor has been disposed.</exception>
        public IntPtr Handle => _handle != 0 ? _handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public bool IsInvalid => _handle == 0;

        internal DisposeScope? OwningDisposeScope { get; set; }

        public static Tensor UnsafeCreateTensor(IntPtr handle) => new(handle);

        public void Dispose()
        {
            OwningDisposeScope?.MarkAsDisposed(this);
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Gives the native reference to the caller; this object is then as good as disposed.</summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            nint handle = Handle;
            OwningDisposeScope?.MarkAsDisposed(this);
            _handle = 0;
            Interlocked.Decrement(ref _totalCount);
            GC.SuppressFinalize(this);
            return handle;
        }

        /// <summary>A second tensor object over the same native tensor.</summary>
        public Tensor alias()
        {
            var other = Adopt(Native.Share(Handle));
            GC.KeepAlive(this);
            return other;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is { } owner)
                owner.MoveToOther(other, this);
            else
                other?.Attach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Shape, type and device, as in <c>[2x3], type = Float32, device = cpu</c>.</summary>
        public override string ToString() => IsInvalid ? "[disposed]" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        public override int GetHashCode() => base.GetHashCode();

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>Whether both have the same shape and the same elements.</summary>
        public bool Equals(Tensor target) => Aten.Truth("equal", this, target);

        internal static Tensor Adopt(nint handle) => new(handle);

        /// <summary>Lets this object stand for another native tensor, as torch does when it assigns <c>.data</c>.</summary>
        internal void Replace(Tensor other)
        {
            nint old = Handle;
            _handle = other.DecoupleFromNativeHandle();
            Native.Dispose(old);
        }

        protected virtual void Dispose(bool disposing)
        {
            nint handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0) return;
            Interlocked.Decrement(ref _totalCount);
            Native.Dispose(handle);
        }
    }
}
