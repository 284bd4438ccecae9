namespace GpuSer.PtxEmulator.Tests.Checks;

public class RaceTests
{
    private const string Shared = ".shared .align 4 .b8 s[1024];";
    private const string Address = "shl.b32 %r6, %r2, 2; mov.u32 %r7, s; add.u32 %r7, %r7, %r6; xor.b32 %r8, %r6, 128; add.u32 %r8, %r8, s;";

    private static readonly EmulatorOptions Races = new() { DetectRaces = true };

    [Fact]
    public void A_read_of_another_warps_write_needs_a_barrier()
    {
        string race = $"{Address} st.shared.u32 [s], %r2;\nld.shared.u32 %r9, [s]; st.global.u32 [%rd5], %r9;";
        PtxFaultException error = Ptx.Caught(race, Shared, block: 64, options: Races);
        Assert.Equal(PtxFault.SharedRace, error.Fault);

        string exchange = $"{Address} st.shared.u32 [%r7], %r2;\nld.shared.u32 %r9, [%r8]; st.global.u32 [%rd5], %r9;";
        // The first warp writes and reads before the second has written, which is caught either way round.
        PtxFaultException late = Ptx.Caught($"{Address} st.shared.u32 [%r7], %r2; st.shared.u32 [%r8], %r2;\nld.shared.u32 %r9, [%r8];", Shared, block: 64, options: Races);
        Ptx.At(late, PtxFault.SharedRace, 1, new(0, 0, 0), new(32, 0, 0));
        Assert.Contains("by thread (0, 0, 0) at PTX line 1", late.Message, StringComparison.Ordinal);
        Assert.Equal(32u, Ptx.Run(exchange.Replace("\n", "bar.sync 0;\n", StringComparison.Ordinal), 64, declarations: Shared, options: Races)[0]);
    }

    [Fact]
    public void A_write_over_another_threads_read_needs_a_barrier()
    {
        const string Body = "setp.eq.u32 %p1, %r2, 0; setp.eq.u32 %p2, %r2, 40; @%p1 st.shared.u32 [s], 5; bar.sync 0; ld.shared.u32 %r9, [s];"
            + "\n@%p2 st.shared.u32 [s], %r9; st.global.u32 [%rd5], %r9;";
        Ptx.At(Ptx.Caught(Body, Shared, block: 64, options: Races), PtxFault.SharedRace, 2, new(0, 0, 0), new(40, 0, 0));
        string ordered = Body.Replace("\n", "bar.sync 0;\n", StringComparison.Ordinal);
        Assert.Equal(5u, Ptx.Run(ordered, 64, declarations: Shared, options: Races)[63]);
    }

    [Fact]
    public void Lanes_of_one_warp_need_a_barrier_of_the_warp()
    {
        const string Neighbour = "shl.b32 %r6, %r2, 2; mov.u32 %r7, s; add.u32 %r7, %r7, %r6; xor.b32 %r8, %r6, 4; add.u32 %r8, %r8, s;";
        const string Body = Neighbour + " st.shared.u32 [%r7], %r2;\nld.shared.u32 %r9, [%r8]; st.global.u32 [%rd5], %r9;";
        Ptx.At(Ptx.Caught(Body, Shared, options: Races), PtxFault.SharedRace, 2, new(0, 0, 0), new(0, 0, 0));
        Assert.Equal(1u, Ptx.Run(Body.Replace("\n", "bar.warp.sync -1;\n", StringComparison.Ordinal), declarations: Shared, options: Races)[0]);
    }

    [Fact]
    public void Two_writes_race_but_two_atomics_do_not()
    {
        Ptx.At(Ptx.Caught("\nst.shared.u32 [s], %r2;", Shared, options: Races), PtxFault.SharedRace, 2, new(0, 0, 0), new(1, 0, 0));
        string atomic = "setp.eq.u32 %p1, %r2, 0; @%p1 st.shared.u32 [s], 0; bar.sync 0; atom.shared.add.u32 %r6, [s], 1; bar.sync 0; ld.shared.u32 %r6, [s]; st.global.u32 [%rd5], %r6;";
        Assert.All(Ptx.Run(atomic, 64, declarations: Shared, options: Races), v => Assert.Equal(64u, v));
    }

    [Fact]
    public void Races_are_looked_for_only_on_request() =>
        Assert.Equal(32, Ptx.Run("st.shared.u32 [s], %r2; ld.shared.u32 %r6, [s]; st.global.u32 [%rd5], %r6;", declarations: Shared).Length);
}
