using GpuSer.Cuda;
using GpuSer.PtxEmulator.Counters;

namespace GpuSer.PtxEmulator.Tests.Counters;

/// <summary>Counts of kernels counted by hand.</summary>
public class CounterTests
{
    [Fact]
    public void A_copy_touches_each_sector_once()
    {
        // 10 instructions before the body, 2 in it, ret; 4 blocks of 64 threads are 8 warps.
        KernelCounters copy = Run("ld.global.f32 %f1, [%rd4]; st.global.f32 [%rd5], %f1;", 4, 64);

        Assert.Equal(8 * 13, copy.Instructions.Total);
        Assert.Equal(32 * 8 * 13, copy.LaneInstructions);
        Assert.Equal(8 * 2, copy.Instructions[InstructionClass.LoadStore]);
        Assert.Equal(8, copy.Instructions[InstructionClass.Control]);
        Assert.Equal(8 * 10, copy.Instructions[InstructionClass.Integer]);
        Assert.Equal((8, 8, 0), (copy.GlobalLoads, copy.GlobalStores, copy.UniformLoads));
        Assert.Equal((32, 32, 32, 32), (copy.LoadSectorsAsked, copy.LoadSectorsTouched, copy.StoreSectorsAsked, copy.StoreSectorsTouched));
        Assert.Equal(2 * 4 * 256, copy.DeviceBytes);
        Assert.Equal(1, copy.UsefulSectorShare);
        Assert.Equal((1, 0, 0, 0), (copy.Launches, copy.Branches, copy.SharedAccesses, copy.Barriers));
    }

    [Fact]
    public void A_strided_copy_wastes_sectors()
    {
        // Each lane reads one word of a sector of its own: 4 sectors' worth out of 32.
        KernelCounters strided = Run("mul.wide.u32 %rd6, %r5, 32; add.u64 %rd6, %rd1, %rd6; ld.global.f32 %f1, [%rd6]; st.global.f32 [%rd5], %f1;", 2, 32);

        Assert.Equal((8, 64), (strided.LoadSectorsAsked, strided.LoadSectorsTouched));
        Assert.Equal((8, 8), (strided.StoreSectorsAsked, strided.StoreSectorsTouched));
        Assert.Equal(16.0 / 72, strided.UsefulSectorShare, 1e-12);
        Assert.Equal(32 * (64 + 8), strided.DeviceBytes);
    }

    [Fact]
    public void A_misaligned_copy_touches_one_sector_more()
    {
        KernelCounters copy = Run("ld.global.f32 %f1, [%rd4+4]; st.global.f32 [%rd5], %f1;", 1, 32);
        Assert.Equal((4, 5), (copy.LoadSectorsAsked, copy.LoadSectorsTouched));
    }

    [Fact]
    public void Vectors_of_four_use_whole_sectors()
    {
        KernelCounters copy = Run(
            "mul.wide.u32 %rd6, %r5, 16; add.u64 %rd7, %rd1, %rd6; add.u64 %rd8, %rd2, %rd6; ld.global.nc.v4.f32 {%f1, %f2, %f3, %f4}, [%rd7]; st.global.v4.f32 [%rd8], {%f1, %f2, %f3, %f4};",
            1, 32);
        Assert.Equal((1, 16, 16), (copy.GlobalLoads, copy.LoadSectorsAsked, copy.LoadSectorsTouched));
        Assert.Equal((1, 16, 16), (copy.GlobalStores, copy.StoreSectorsAsked, copy.StoreSectorsTouched));
        Assert.Equal(1024, copy.DeviceBytes);
    }

    [Fact]
    public void Uniform_loads_are_counted_apart_and_shared_words_once()
    {
        // One uniform load; then pairs of lanes read one word: 16 words, 2 sectors.
        KernelCounters reads = Run("ld.global.f32 %f1, [%rd1]; shr.u32 %r6, %r2, 1; mul.wide.u32 %rd6, %r6, 4; add.u64 %rd6, %rd1, %rd6; ld.global.f32 %f2, [%rd6];", 1, 32);
        Assert.Equal((1, 1, 2, 2), (reads.UniformLoads, reads.GlobalLoads, reads.LoadSectorsAsked, reads.LoadSectorsTouched));
        Assert.Equal(64, reads.DeviceBytes);
    }

    [Theory]
    [InlineData(32, 31)]
    [InlineData(33, 0)]
    public void A_transpose_conflicts_unless_its_rows_are_padded(int pitch, int conflictsPerLoad)
    {
        // 32 x 32 threads: warp y writes row y (no conflict), then reads column y: with a pitch of 32 words all lanes want one bank.
        string body = $"mov.u32 %r6, %tid.y; mad.lo.u32 %r7, %r6, {pitch}, %r2; shl.b32 %r7, %r7, 2; add.u32 %r7, %r7, s; mad.lo.u32 %r8, %r2, {pitch}, %r6;"
            + " shl.b32 %r8, %r8, 2; add.u32 %r8, %r8, s; mad.lo.u32 %r9, %r6, 32, %r2; mul.wide.u32 %rd6, %r9, 4; add.u64 %rd7, %rd1, %rd6; add.u64 %rd8, %rd2, %rd6;"
            + " ld.global.f32 %f1, [%rd7]; st.shared.f32 [%r7], %f1; bar.sync 0; ld.shared.f32 %f2, [%r8]; st.global.f32 [%rd8], %f2;";

        KernelCounters transpose = Run(body, 1, new Dim3(32, 32), $".shared .align 4 .b8 s[{pitch * 32 * 4}];");

        Assert.Equal(64, transpose.SharedAccesses);
        Assert.Equal(64 + (32 * conflictsPerLoad), transpose.SharedWavefronts);
        Assert.Equal(32 * conflictsPerLoad, transpose.BankConflicts);
        Assert.Equal(conflictsPerLoad / 2.0, transpose.BankConflictShare);
        Assert.Equal(32, transpose.Barriers);
        Assert.Equal(2 * 4096, transpose.DeviceBytes);
        Assert.Equal(pitch * 32 * 4, transpose.StaticSharedBytes);
    }

    [Theory]
    [InlineData("shl.b32 %r7, %r2, 3;", "b32", "%r2", 2, 1)] // every second word: 2 lanes a bank
    [InlineData("shl.b32 %r7, %r2, 3;", "b64", "%rd3", 2, 2)] // 8 bytes a lane: half a warp a pass
    [InlineData("shl.b32 %r7, %r2, 4;", "v4.b32", "{%r2, %r2, %r2, %r2}", 4, 4)] // 16 bytes a lane: a quarter a pass
    [InlineData("and.b32 %r7, %r2, 3; shl.b32 %r7, %r7, 7;", "b32", "%r2", 4, 1)] // 4 words of one bank, each shared by 8 lanes
    [InlineData("mov.u32 %r7, 0;", "b32", "%r2", 1, 1)]
    [InlineData("mov.u32 %r7, %r2;", "b8", "%r2", 1, 1)] // four lanes a word
    [InlineData("xor.b32 %r7, %r2, 5; shl.b32 %r7, %r7, 2;", "b32", "%r2", 1, 1)] // a permutation of the banks
    public void Shared_accesses_take_the_passes_of_their_fullest_bank(string address, string type, string value, int passes, int least)
    {
        KernelCounters counters = Run($"{address} add.u32 %r7, %r7, s; st.shared.{type} [%r7], {value};", 1, 32, ".shared .align 16 .b8 s[1024];");
        Assert.Equal((1, passes, passes - least), (counters.SharedAccesses, counters.SharedWavefronts, counters.BankConflicts));
    }

    [Fact]
    public void A_branch_diverges_where_lanes_part()
    {
        // Warp 0 parts at thread 16, warp 1 does not. Both arms are one instruction and a jump, or one instruction.
        KernelCounters counters = Run("setp.lt.u32 %p1, %r2, 16; @%p1 bra LOW; add.u32 %r6, %r2, 1; bra DONE; LOW: add.u32 %r6, %r2, 2; DONE: add.u32 %r6, %r6, 3;", 1, 64);

        Assert.Equal((2, 1), (counters.Branches, counters.DivergentBranches));
        Assert.Equal((2 * 10) + (2 * 2) + (2 * 2) + 1 + (2 * 2), counters.Instructions.Total);
        Assert.Equal((64 * 10) + (64 * 2) + (48 * 2) + 16 + (64 * 2), counters.LaneInstructions);
    }

    [Fact]
    public void Classes_go_by_unit()
    {
        KernelCounters counters = Run("mul.f32 %f1, 0f3F800000, 0f3F800000; fma.rn.f32 %f1, %f1, %f1, %f1; ex2.approx.f32 %f2, %f1; setp.lt.f32 %p1, %f1, %f2;"
            + " min.s32 %r6, %r2, 3; cvt.f64.f32 %fd1, %f1; add.f64 %fd1, %fd1, %fd1; cvt.rn.f32.s32 %f3, %r2; shfl.sync.bfly.b32 %r6, %r6, 1, 31, -1;", 1, 32);
        Assert.Equal(
            (2L, 2L, 2L, 1L, 1L, 11L, 1L),
            (counters.Instructions[InstructionClass.Float32], counters.Instructions[InstructionClass.Special], counters.Instructions[InstructionClass.Compare],
                counters.Instructions[InstructionClass.Float64], counters.Instructions[InstructionClass.LoadStore],
                counters.Instructions[InstructionClass.Integer], counters.Instructions[InstructionClass.Control]));
    }

    [Fact]
    public void Launches_of_one_shape_add_up_and_others_stay_apart()
    {
        using var device = new EmulatedDevice();
        ulong a = device.Upload(new float[1024]);
        nint k = device.Load(Ptx.Kernel("ld.global.f32 %f1, [%rd4]; st.global.f32 [%rd5], %f1;"), "k");
        device.Launch(k, 2, 64, a, a, 0);
        device.Launch(k, 1, 64, a, a, 0);
        device.Launch(k, 2, 64, a, a, 0);

        IReadOnlyList<KernelCounters> counters = device.Driver.KernelCounters;

        Assert.Equal([(2, 2L, 2048L), (1, 1L, 512L)], counters.Select(c => (c.Grid.X, c.Launches, c.DeviceBytes)));
        device.Driver.ResetCounters();
        Assert.Empty(device.Driver.KernelCounters);
    }

    [Fact]
    public void Live_registers_are_the_most_wanted_at_once()
    {
        // %r1 %r2 %r3 %r4 and %rd1 %rd2 live at the prologue's widest; then four floats and %rd5 at once.
        using var device = new EmulatedDevice();
        string text = ".version 6.4 .target sm_70 .address_size 64 .entry k(.param .u64 p) { .reg .b64 %rd<2>; .reg .f32 %f<9>; .reg .pred %p; ld.param.u64 %rd1, [p];"
            + " ld.global.f32 %f1, [%rd1]; ld.global.f32 %f2, [%rd1+4]; ld.global.f32 %f3, [%rd1+8]; add.f32 %f4, %f1, %f2; add.f32 %f5, %f4, %f3; setp.lt.f32 %p, %f5, %f4;"
            + " @%p st.global.f32 [%rd1], %f5; ret; }";
        CudaFunctionInfo info = device.Driver.GetFunction(device.Load(text, "k"));
        Assert.Equal(5, info.Registers); // %rd1 twice, three floats
    }

    private static KernelCounters Run(string body, Dim3 grid, Dim3 block, string declarations = "")
    {
        using var device = new EmulatedDevice();
        ulong a = device.Upload(new float[4096]);
        ulong b = device.Upload(new float[4096]);
        device.Launch(device.Load(Ptx.Kernel(body, declarations), "k"), grid, block, a, b, 0);
        return Assert.Single(device.Driver.KernelCounters);
    }
}
