using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Tests;

/// <summary>PTX text for tests: one kernel round a body, with line numbers that stay the body's own.</summary>
internal static class Ptx
{
    /// <summary>
    /// An entry <c>k</c> with 64-bit parameters <c>a</c> and <c>b</c>, 32-bit <c>n</c>, and registers of each type. All that
    /// comes before the body is on line 1, so the body's first line is line 1 too.
    /// </summary>
    public static string Kernel(string body, string declarations = "", string module = "") =>
        ".version 6.4 .target sm_70 .address_size 64 " + module
        + " .visible .entry k(.param .u64 a, .param .u64 b, .param .u32 n) { .reg .pred %p<8>; .reg .b32 %r<32>; .reg .f32 %f<16>; "
        + ".reg .b64 %rd<32>; .reg .b16 %h<8>; .reg .f64 %fd<8>; " + declarations
        + " ld.param.u64 %rd1, [a]; ld.param.u64 %rd2, [b]; ld.param.u32 %r1, [n]; mov.u32 %r2, %tid.x; mov.u32 %r3, %ctaid.x; "
        + "mov.u32 %r4, %ntid.x; mad.lo.u32 %r5, %r3, %r4, %r2; mul.wide.u32 %rd3, %r5, 4; add.u64 %rd4, %rd1, %rd3; add.u64 %rd5, %rd2, %rd3; "
        + body + "\nret; }";

    /// <summary>Runs a body that must be caught.</summary>
    public static PtxFaultException Caught(
        string body, string declarations = "", int grid = 1, int block = 32, int bytesA = 4096, int sharedBytes = 0, string module = "", EmulatorOptions? options = null)
    {
        using var device = new EmulatedDevice(options ?? new());
        ulong a = device.Upload(new byte[bytesA]);
        ulong b = device.Allocate(4096);
        nint k = device.Load(Kernel(body, declarations, module), "k");
        return Assert.Throws<PtxFaultException>(() => device.LaunchShared(k, grid, block, sharedBytes, a, b, 7));
    }

    /// <summary>Runs a body over 32-bit words at <c>b</c>; returns them.</summary>
    public static uint[] Run(string body, int block = 32, int grid = 1, uint[]? input = null, string declarations = "", string module = "", int sharedBytes = 0, EmulatorOptions? options = null)
    {
        using var device = new EmulatedDevice(options ?? new());
        ulong a = device.Upload(input ?? [.. Enumerable.Range(0, grid * block).Select(i => (uint)i)]);
        ulong b = device.Upload(new uint[grid * block]);
        device.LaunchShared(device.Load(Kernel(body, declarations, module), "k"), grid, block, sharedBytes, a, b, 7);
        return device.Download<uint>(b, grid * block);
    }

    public static void At(PtxFaultException error, PtxFault fault, int line, Dim3 block, Dim3 thread)
    {
        Assert.Equal((fault, "k", line), (error.Fault, error.Kernel, error.Line));
        Assert.Equal((block, thread), (error.Block, error.Thread));
        Assert.Contains($"k, PTX line {line}, block ({block.X}, {block.Y}, {block.Z}), thread ({thread.X}, {thread.Y}, {thread.Z})", error.Message, StringComparison.Ordinal);
    }
}
