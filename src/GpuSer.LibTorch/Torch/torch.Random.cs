using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static Tensor get_rng_state() => random.get_rng_state();

    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);

    public static class random
    {
        /// <summary>Seeds the generators of all devices.</summary>
        public static Generator manual_seed(long seed)
        {
            Native.Check(Native.ManualSeed(unchecked((ulong)seed)));
            return Generator.Default;
        }

        public static long seed()
        {
            long chosen = Generator.Default.seed();
            manual_seed(chosen);
            return chosen;
        }

        public static long initial_seed() => Generator.Default.initial_seed();

        public static Tensor get_rng_state() => Generator.Default.get_state();

        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
    }

    /// <summary>A source of random numbers of its own, or torch's default one.</summary>
    public class Generator : IDisposable
    {
        private nint _handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            Native.Check(Native.NewGenerator(seed, (int)this.device.type, this.device.index, out _handle));
        }

        private Generator(nint handle)
        {
            device = CPU;
            _handle = handle;
        }

        ~Generator() => Dispose(false);

        public static Generator Default { get; } = new(Native.DefaultGenerator());

        public Device device { get; }

        public IntPtr Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.GeneratorSetSeed(Handle, unchecked((ulong)seed)));
            return this;
        }

        public long seed()
        {
            Native.Check(Native.GeneratorNewSeed(Handle, out ulong seed));
            return unchecked((long)seed);
        }

        public long initial_seed()
        {
            Native.Check(Native.GeneratorSeed(Handle, out ulong seed));
            return unchecked((long)seed);
        }

        public Tensor get_state()
        {
            Native.Check(Native.GeneratorGetState(Handle, out nint state));
            return Tensor.Adopt(state);
        }

        public void set_state(Tensor value)
        {
            Native.Check(Native.GeneratorSetState(Handle, value.Handle));
            GC.KeepAlive(value);
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (_handle == 0) return;
            Native.FreeGenerator(_handle);
            _handle = 0;
        }
    }
}
