using System.Runtime.InteropServices;
using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Tests.Kernels;

/// <summary>
/// Host memory that kernels may address, as a torch CPU tensor's would be, between two guards of known values. The guards are registered
/// too: a kernel may reach them, and then <see cref="AssertGuards"/> tells.
/// </summary>
internal sealed unsafe class GuardedMemory : IDisposable
{
    private const int Guard = 64;
    private const float GuardValue = -12345.678f;
    private const float Unwritten = float.NaN;

    private readonly float* _memory;
    private readonly int _count;
    private readonly RegisteredHostMemory _registration;

    public GuardedMemory(CudaContext context, int count)
    {
        _count = count;
        nuint bytes = (nuint)(count + (2 * Guard)) * sizeof(float);
        _memory = (float*)NativeMemory.AlignedAlloc(bytes, 256);
        new Span<float>(_memory, count + (2 * Guard)).Fill(GuardValue);
        Values.Fill(Unwritten);
        _registration = new RegisteredHostMemory(context, (nint)_memory, bytes);
    }

    public Span<float> Values => new(_memory + Guard, _count);

    public ulong Address => _registration.Address + (Guard * sizeof(float));

    public void AssertGuards()
    {
        Assert.False(new Span<float>(_memory, Guard).ContainsAnyExcept(GuardValue), "the guard before was written");
        Assert.False(new Span<float>(_memory + Guard + _count, Guard).ContainsAnyExcept(GuardValue), "the guard behind was written");
    }

    public void Dispose()
    {
        _registration.Dispose();
        NativeMemory.AlignedFree(_memory);
    }
}
