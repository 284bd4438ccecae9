using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static string __version__ => Marshal.PtrToStringUTF8(Native.Version())!;

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.OfThisThread.Innermost;

    /// <summary>Owns every tensor this thread creates from here until it is disposed.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.OfThisThread.Open();

    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => Native.GradEnabled() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => Native.InferenceModeEnabled() != 0;

    public static int get_num_threads() => Native.Check(Native.GetNumThreads());

    public static void set_num_threads(int num) => Native.Check(Native.SetNumThreads(num));

    public static int get_num_interop_threads() => Native.Check(Native.GetNumInteropThreads());

    public static void set_num_interop_threads(int num) => Native.Check(Native.SetNumInteropThreads(num));

    /// <summary>Whether operators record what backward needs; on this thread, until disposed.</summary>
    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();

        internal GradMode(bool enabled) => Native.SetGradEnabled(enabled ? 1 : 0);

        public void Dispose() => Native.SetGradEnabled(_before ? 1 : 0);
    }

    private sealed class InferenceMode : IDisposable
    {
        private nint _guard;

        internal InferenceMode(bool enabled) => Native.Check(Native.EnterInferenceMode(enabled ? 1 : 0, out _guard));

        public void Dispose()
        {
            if (_guard != 0) Native.LeaveInferenceMode(_guard);
            _guard = 0;
        }
    }
}
