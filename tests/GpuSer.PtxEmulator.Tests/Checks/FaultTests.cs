using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Tests.Checks;

/// <summary>Each planted fault is caught at its kernel, line, block and thread.</summary>
public class FaultTests
{
    [Fact]
    public void A_load_behind_the_end_is_out_of_bounds() =>
        Ptx.At(Ptx.Caught("\n ld.global.f32 %f1, [%rd4+4];", grid: 3, bytesA: 4 * 64), PtxFault.OutOfBounds, 2, At(1), At(31));

    [Fact]
    public void A_store_before_the_start_is_out_of_bounds() =>
        Ptx.At(Ptx.Caught("\n\n st.global.u32 [%rd4+-4], %r2;"), PtxFault.OutOfBounds, 3, At(0), At(0));

    [Fact]
    public void A_vector_load_that_straddles_the_end_is_out_of_bounds() =>
        Ptx.At(Ptx.Caught("and.b32 %r6, %r2, -4; mul.wide.u32 %rd6, %r6, 4; add.u64 %rd6, %rd1, %rd6;\nld.global.v4.f32 {%f1, %f2, %f3, %f4}, [%rd6];", bytesA: 4 * 30),
            PtxFault.OutOfBounds, 2, At(0), At(28));

    [Fact]
    public void A_wild_pointer_is_out_of_bounds_in_the_lanes_that_use_it() =>
        Ptx.At(Ptx.Caught("setp.eq.u32 %p1, %r2, 5; selp.b64 %rd6, 64, %rd4, %p1;\n@%p1 ld.global.f32 %f1, [%rd6];"), PtxFault.OutOfBounds, 2, At(0), At(5));

    [Fact]
    public void An_odd_address_is_misaligned()
    {
        Ptx.At(Ptx.Caught("\nld.global.f32 %f1, [%rd4+2];"), PtxFault.Misaligned, 2, At(0), At(0));
        Ptx.At(Ptx.Caught("\nld.global.v2.f32 {%f1, %f2}, [%rd4];"), PtxFault.Misaligned, 2, At(0), At(1));
        Ptx.At(Ptx.Caught("\nst.shared.u32 [s+6], %r2;", ".shared .align 4 .b8 s[64];"), PtxFault.Misaligned, 2, At(0), At(0));
    }

    [Fact]
    public void Freed_memory_is_seen_as_such()
    {
        using var device = new EmulatedDevice();
        ulong a = device.Upload(new float[32]);
        ulong b = device.Upload(new float[32]);
        nint k = device.Load(Ptx.Kernel("\nld.global.f32 %f1, [%rd4];"), "k");
        device.Launch(k, 1, 32, a, b, 1);
        device.Free(a);
        device.Upload(new float[32]); // does not take the freed one's place

        var error = Assert.Throws<PtxFaultException>(() => device.Launch(k, 1, 32, a, b, 1));

        Ptx.At(error, PtxFault.UseAfterFree, 2, At(0), At(0));
    }

    [Fact]
    public void Device_memory_nobody_wrote_is_not_read()
    {
        Ptx.At(Ptx.Caught("\nld.global.f32 %f1, [%rd5];"), PtxFault.UnwrittenDevice, 2, At(0), At(0));
        Ptx.At(Ptx.Caught("setp.lt.u32 %p1, %r2, 9; @%p1 st.global.u32 [%rd5], %r2;\nld.global.f32 %f1, [%rd5];"), PtxFault.UnwrittenDevice, 2, At(0), At(9));
        Ptx.At(Ptx.Caught("st.global.u8 [%rd5], %r2; st.global.u8 [%rd5+1], %r2; st.global.u8 [%rd5+3], %r2;\nld.global.f32 %f1, [%rd5];"),
            PtxFault.UnwrittenDevice, 2, At(0), At(0));
        Ptx.At(Ptx.Caught("\natom.global.add.u32 %r6, [%rd5], 1;"), PtxFault.UnwrittenDevice, 2, At(0), At(0));
    }

    [Fact]
    public void Scratch_can_be_marked_unwritten_again()
    {
        using var device = new EmulatedDevice();
        ulong a = device.Upload(new float[32]);
        nint k = device.Load(Ptx.Kernel("\nld.global.f32 %f1, [%rd4];"), "k");
        device.Launch(k, 1, 32, a, a, 1);

        device.Driver.MarkUnwritten(a + 64, 4);

        var error = Assert.Throws<PtxFaultException>(() => device.Launch(k, 1, 32, a, a, 1));
        Ptx.At(error, PtxFault.UnwrittenDevice, 2, At(0), At(16));
        Assert.Throws<CudaException>(() => device.Driver.MarkUnwritten(a + 64, 65));
    }

    [Fact]
    public void Shared_memory_nobody_wrote_is_not_read()
    {
        const string Shared = ".shared .align 4 .b8 s[256];";
        Ptx.At(Ptx.Caught("mov.u32 %r6, s; shl.b32 %r7, %r2, 2; add.u32 %r6, %r6, %r7;\nst.shared.u32 [%r6], %r2;\nld.shared.u32 %r8, [%r6+4];", Shared),
            PtxFault.UnwrittenShared, 3, At(0), At(31));
        Ptx.At(Ptx.Caught("ld.shared.u32 %r8, [s];", Shared, grid: 2), PtxFault.UnwrittenShared, 1, At(0), At(0));
    }

    [Fact]
    public void Shared_memory_is_unwritten_in_each_new_block()
    {
        const string Body = "setp.ne.u32 %p1, %r3, 0; @%p1 bra SKIP; st.shared.u32 [s], %r2;\nSKIP: ld.shared.u32 %r8, [s];";
        Ptx.At(Ptx.Caught(Body, ".shared .align 4 .b8 s[4];", grid: 2, options: new() { Workers = 1 }), PtxFault.UnwrittenShared, 2, At(1), At(0));
    }

    [Fact]
    public void Shared_and_local_memory_have_an_end()
    {
        Ptx.At(Ptx.Caught("mov.u32 %r6, %dynamic_smem_size; shl.b32 %r7, %r2, 2;\nst.shared.u32 [%r7], %r2;", sharedBytes: 100), PtxFault.OutOfBounds, 2, At(0), At(25));
        Ptx.At(Ptx.Caught("mul.wide.u32 %rd6, %r2, 4; mov.u64 %rd7, depot; add.u64 %rd7, %rd7, %rd6;\nst.local.u32 [%rd7], %r2;", ".local .align 4 .b8 depot[16];"),
            PtxFault.OutOfBounds, 2, At(0), At(4));
        Ptx.At(Ptx.Caught("mov.u32 %r6, -8;\nst.shared.u32 [%r6], %r2;", ".shared .align 4 .b8 s[64];"), PtxFault.OutOfBounds, 2, At(0), At(0));
    }

    [Fact]
    public void Constant_memory_is_not_written() =>
        Ptx.At(Ptx.Caught("mov.u64 %rd6, table;\nst.global.u32 [%rd6], %r2;", module: ".const .align 4 .u32 table[2] = {1, 2};"), PtxFault.ReadOnly, 2, At(0), At(0));

    [Theory]
    [InlineData("setp.lt.u32 %p1, %r2, 40; @!%p1 ret;\nbar.sync 0;", 64)]
    [InlineData("setp.lt.u32 %p1, %r2, 8; @!%p1 bra OVER;\nbar.sync 0;\nOVER:", 32)]
    [InlineData("setp.lt.u32 %p1, %r2, 32;\n@%p1 barrier.sync 0;", 64)]
    public void A_barrier_met_by_part_of_a_block_is_caught(string body, int threads)
    {
        PtxFaultException error = Ptx.Caught(body, block: threads);
        Ptx.At(error, PtxFault.BarrierDivergence, 2, At(0), At(0));
    }

    [Fact]
    public void Two_barriers_are_not_one()
    {
        PtxFaultException error = Ptx.Caught("setp.lt.u32 %p1, %r2, 32; @%p1 bra OTHER;\nbar.sync 0; ret;\nOTHER:\nbar.sync 0;", block: 64);
        Assert.Equal(PtxFault.BarrierDivergence, error.Fault);
        Assert.Contains("line 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_warp_instruction_does_not_wait_for_lanes_that_never_come() =>
        Ptx.At(Ptx.Caught("setp.lt.u32 %p1, %r2, 4; @!%p1 bra STUCK;\nshfl.sync.bfly.b32 %r6, %r2, 1, 31, -1;\nret;\nSTUCK: bar.sync 1;", block: 32),
            PtxFault.WarpDivergence, 2, At(0), At(0));

    [Fact]
    public void Traps_and_endless_loops_end()
    {
        Ptx.At(Ptx.Caught("setp.eq.u32 %p1, %r5, 70;\n@%p1 trap;", grid: 4), PtxFault.Trap, 2, At(2), At(6));
        PtxFaultException endless = Ptx.Caught("LOOP:\nbra LOOP;", options: new() { StepLimit = 10_000 });
        Assert.Equal((PtxFault.StepLimit, "CUDA_ERROR_LAUNCH_TIMEOUT"), (endless.Fault, endless.ErrorName));
    }

    [Fact]
    public void Of_several_faults_the_first_blocks_is_told()
    {
        for (int run = 0; run < 20; run++)
        {
            PtxFaultException error = Ptx.Caught("setp.gt.u32 %p1, %r3, 2;\n@%p1 ld.global.u32 %r6, [%rd1+8192];", grid: 40);
            Assert.Equal(At(3), error.Block);
        }
    }

    [Fact]
    public void A_fault_names_threads_and_blocks_in_three_dimensions()
    {
        using var device = new EmulatedDevice();
        ulong a = device.Allocate(16);
        string body = "mov.u32 %r6, %tid.z; mov.u32 %r7, %ctaid.y; mul.lo.u32 %r6, %r6, %r7; setp.eq.u32 %p1, %r6, 2;\n@%p1 ld.global.u32 %r8, [4096];";
        nint k = device.Load(Ptx.Kernel(body), "k");

        var error = Assert.Throws<PtxFaultException>(() => device.Launch(k, new(2, 3), new(2, 3, 4), a, a, 0));

        Ptx.At(error, PtxFault.OutOfBounds, 2, new(0, 1, 0), new(0, 0, 2));
    }

    [Fact]
    public void Host_memory_must_be_registered()
    {
        using var device = new EmulatedDevice();
        float[] values = GC.AllocateArray<float>(32, pinned: true);
        nint pointer = System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(values, 0);
        nint k = device.Load(Ptx.Kernel("\nld.global.u32 %r6, [%rd4]; add.u32 %r6, %r6, %r2; st.global.u32 [%rd4], %r6;"), "k");

        var error = Assert.Throws<PtxFaultException>(() => device.Launch(k, 1, 32, (ulong)pointer, 0ul, 0));
        Ptx.At(error, PtxFault.OutOfBounds, 2, At(0), At(0));
        Assert.Contains("registered", error.Message, StringComparison.Ordinal);

        ulong address = device.Driver.HostRegister(pointer, 32 * 4);
        device.Launch(k, 1, 32, address, 0ul, 0);
        Assert.Equal(31, BitConverter.SingleToInt32Bits(values[31]));
        device.Driver.HostUnregister(pointer);
        Assert.Throws<PtxFaultException>(() => device.Launch(k, 1, 32, address, 0ul, 0));
    }

    [Fact]
    public void The_device_stays_usable_after_a_fault()
    {
        using var device = new EmulatedDevice();
        ulong a = device.Upload(new float[32]);
        nint k = device.Load(Ptx.Kernel("\nld.global.f32 %f1, [%rd4]; st.global.f32 [%rd5], %f1;"), "k");
        Assert.Throws<PtxFaultException>(() => device.Launch(k, 2, 32, a, a, 1));
        device.Driver.ResetCounters();

        device.Launch(k, 1, 32, a, a, 1);

        Assert.Equal(256, Assert.Single(device.Driver.KernelCounters).DeviceBytes);
    }

    private static Dim3 At(int x) => new(x, 0, 0);
}
