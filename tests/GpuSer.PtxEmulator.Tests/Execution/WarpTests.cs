namespace GpuSer.PtxEmulator.Tests.Execution;

/// <summary>What lanes do with one another, and how they part and meet.</summary>
public class WarpTests
{
    private static readonly uint[] Lanes = [.. Enumerable.Range(0, 32).Select(i => (uint)i)];

    [Theory]
    [InlineData("shfl.sync.up.b32 %r6, %r2, 3, 0, -1;", "up")]
    [InlineData("shfl.sync.down.b32 %r6, %r2, 3, 31, -1;", "down")]
    [InlineData("shfl.sync.bfly.b32 %r6, %r2, 5, 31, -1;", "bfly")]
    [InlineData("shfl.sync.idx.b32 %r6, %r2, 7, 31, -1;", "idx")]
    [InlineData("shfl.sync.idx.b32 %r6, %r2, 3, 0x181f, -1;", "quarter")]
    public void Shuffles_move_values_between_lanes(string code, string mode)
    {
        Func<int, int> from = mode switch
        {
            "up" => lane => lane >= 3 ? lane - 3 : lane,
            "down" => lane => lane < 29 ? lane + 3 : lane,
            "bfly" => lane => lane ^ 5,
            "idx" => _ => 7,
            _ => lane => (lane & 24) + 3,
        };
        Assert.Equal([.. Lanes.Select(l => (uint)from((int)l))], Ptx.Run($"{code} st.global.u32 [%rd5], %r6;"));
    }

    [Fact]
    public void Shuffles_tell_who_was_out_of_range() =>
        Assert.Equal([.. Lanes.Select(l => l < 28 ? 1u : 0u)],
            Ptx.Run("shfl.sync.down.b32 %r6|%p1, %r2, 4, 31, -1; selp.u32 %r6, 1, 0, %p1; st.global.u32 [%rd5], %r6;"));

    [Fact]
    public void Votes_and_matches_see_all_lanes()
    {
        const string Odd = "and.b32 %r6, %r2, 1; setp.ne.u32 %p1, %r6, 0;";
        Assert.All(Ptx.Run($"{Odd} vote.sync.ballot.b32 %r7, %p1, -1; st.global.u32 [%rd5], %r7;"), v => Assert.Equal(0xAAAAAAAA, v));
        Assert.All(Ptx.Run($"{Odd} vote.sync.any.pred %p2, %p1, -1; vote.sync.all.pred %p3, %p1, -1; vote.sync.uni.pred %p4, !%p1, -1;"
            + " selp.u32 %r7, 1, 0, %p2; selp.u32 %r8, 2, 0, %p3; selp.u32 %r9, 4, 0, %p4; add.u32 %r7, %r7, %r8; add.u32 %r7, %r7, %r9; st.global.u32 [%rd5], %r7;"),
            v => Assert.Equal(1u, v));
        uint[] same = Ptx.Run($"{Odd} match.any.sync.b32 %r7, %r6, -1; st.global.u32 [%rd5], %r7;");
        Assert.Equal([.. Lanes.Select(l => l % 2 == 0 ? 0x55555555u : 0xAAAAAAAAu)], same);
        Assert.All(Ptx.Run($"{Odd} match.all.sync.b32 %r7|%p2, %r6, -1; selp.u32 %r7, 9, %r7, %p2; st.global.u32 [%rd5], %r7;"), v => Assert.Equal(0u, v));
        Assert.All(Ptx.Run("mov.u32 %r6, 5; match.all.sync.b32 %r7|%p2, %r6, -1; selp.u32 %r7, %r7, 9, %p2; st.global.u32 [%rd5], %r7;"), v => Assert.Equal(uint.MaxValue, v));
    }

    [Fact]
    public void Parted_lanes_meet_again_where_their_paths_join()
    {
        const string Body = "mov.u32 %r6, 0; setp.lt.u32 %p1, %r2, 10; @%p1 bra LOW; activemask.b32 %r6; bra JOIN; LOW: activemask.b32 %r6; JOIN:"
            + " activemask.b32 %r7; setp.eq.u32 %p2, %r7, -1; selp.u32 %r6, %r6, 0, %p2; st.global.u32 [%rd5], %r6;";
        Assert.Equal([.. Lanes.Select(l => l < 10 ? 0x3FFu : ~0x3FFu)], Ptx.Run(Body));
    }

    [Fact]
    public void Loops_of_different_lengths_end_together() =>
        Assert.Equal([.. Lanes.Select(l => l * (l + 1) / 2)], Ptx.Run(
            "mov.u32 %r6, 0; mov.u32 %r7, 0; LOOP: add.u32 %r6, %r6, %r7; setp.lt.u32 %p1, %r7, %r2; add.u32 %r7, %r7, 1; @%p1 bra LOOP;"
            + " vote.sync.ballot.b32 %r8, %p1, -1; add.u32 %r6, %r6, %r8; st.global.u32 [%rd5], %r6;"));

    [Fact]
    public void Warp_barriers_gather_lanes_from_two_paths() =>
        Assert.All(Ptx.Run(
            "setp.lt.u32 %p1, %r2, 10; @%p1 bra AHEAD; mov.u32 %r7, 3; SLOW: sub.u32 %r7, %r7, 1; setp.ne.u32 %p2, %r7, 0; @%p2 bra SLOW; AHEAD: bar.warp.sync -1; activemask.b32 %r6; st.global.u32 [%rd5], %r6;"),
            v => Assert.Equal(uint.MaxValue, v));

    [Fact]
    public void Indexed_branches_pick_from_their_table() =>
        Assert.Equal([.. Lanes.Select(l => (l % 3 * 10) + 10)], Ptx.Run(
            "rem.u32 %r6, %r2, 3; TABLE: .branchtargets A0, A1, A2; brx.idx %r6, TABLE; A0: mov.u32 %r7, 10; bra.uni END; A1: mov.u32 %r7, 20; bra.uni END;"
            + " A2: mov.u32 %r7, 30; END: st.global.u32 [%rd5], %r7;"));

    [Fact]
    public void Guards_skip_lanes_and_predicated_exits_end_them()
    {
        Assert.Equal([.. Lanes.Select(l => l < 5 ? 7u : 0u)], Ptx.Run("setp.lt.u32 %p1, %r2, 5; @!%p1 exit; st.global.u32 [%rd5], 7;"));
        Assert.Equal([.. Lanes.Select(l => l < 5 ? 7u : 9u)], Ptx.Run("setp.lt.u32 %p1, %r2, 5; mov.u32 %r6, 9; @%p1 mov.u32 %r6, 7; st.global.u32 [%rd5], %r6;"));
    }

    [Fact]
    public void Warps_exchange_through_a_barrier_and_blocks_may_be_ragged()
    {
        const string Body = "shl.b32 %r6, %r2, 2; st.shared.u32 [%r6], %r2; bar.sync 0; sub.u32 %r7, %r4, 1; sub.u32 %r7, %r7, %r2; shl.b32 %r7, %r7, 2; ld.shared.u32 %r8, [%r7]; st.global.u32 [%rd5], %r8;";
        foreach (int threads in new[] { 1, 33, 96, 1000 })
            Assert.Equal([.. Enumerable.Range(0, threads).Select(i => (uint)(threads - 1 - i))], Ptx.Run(Body, threads, declarations: ".shared .align 4 .b8 s[4000];"));
    }

    [Fact]
    public void Barriers_reduce_predicates()
    {
        const string Few = "setp.lt.u32 %p1, %r2, 40;";
        Assert.All(Ptx.Run($"{Few} barrier.red.popc.u32 %r6, 0, %p1; st.global.u32 [%rd5], %r6;", 96), v => Assert.Equal(40u, v));
        Assert.All(Ptx.Run($"{Few} bar.red.and.pred %p2, 0, %p1; bar.red.or.pred %p3, 1, !%p1; selp.u32 %r6, 1, 0, %p2; selp.u32 %r7, 2, 0, %p3; add.u32 %r6, %r6, %r7; st.global.u32 [%rd5], %r6;", 96),
            v => Assert.Equal(2u, v));
    }

    [Fact]
    public void Named_barriers_let_one_half_wait_for_the_other()
    {
        // Warp 1 writes and arrives; warp 0 waits for both, whichever has its turn first.
        const string Body = "setp.ge.u32 %p1, %r2, 32; @%p1 bra WRITE; bar.sync 3, 64; ld.shared.u32 %r6, [s]; st.global.u32 [%rd5], %r6; ret;"
            + " WRITE: setp.eq.u32 %p2, %r2, 32; @%p2 st.shared.u32 [s], 77; bar.arrive 3, 64;";
        Assert.All(Ptx.Run(Body, 64, declarations: ".shared .align 4 .b8 s[4];").Take(32), v => Assert.Equal(77u, v));
    }

    [Fact]
    public void Warps_may_wait_for_one_another_without_a_barrier() =>
        Assert.Equal(1u, Ptx.Run(
            "setp.ge.u32 %p1, %r2, 32; setp.eq.u32 %p3, %r2, 0; @%p3 st.shared.u32 [s], 0; bar.sync 0; @%p1 bra SET; WAIT: ld.volatile.shared.u32 %r6, [s]; setp.eq.u32 %p2, %r6, 0; @%p2 bra WAIT;"
            + " st.global.u32 [%rd5], %r6; ret; SET: st.volatile.shared.u32 [s], 1;", 64, declarations: ".shared .align 4 .b8 s[4];")[0]);

    [Theory]
    [InlineData("%laneid", "i % 32")]
    [InlineData("%warpid", "i / 32")]
    [InlineData("%ntid.x", "64")]
    [InlineData("%nctaid.x", "3")]
    [InlineData("%lanemask_lt", "lt")]
    [InlineData("%lanemask_ge", "ge")]
    [InlineData("%lanemask_gt", "gt")]
    [InlineData("%lanemask_eq", "eq")]
    [InlineData("%lanemask_le", "le")]
    [InlineData("%dynamic_smem_size", "128")]
    [InlineData("%total_smem_size", "128")]
    [InlineData("WARP_SZ", "32")]
    [InlineData("%nwarpid", "2")]
    public void Special_registers_hold_their_values(string register, string rule)
    {
        Func<int, uint> expected = rule switch
        {
            "i % 32" => i => (uint)i % 32,
            "i / 32" => i => (uint)i % 64 / 32,
            "lt" => i => (1u << (i % 32)) - 1,
            "ge" => i => ~((1u << (i % 32)) - 1),
            "gt" => i => ~((1u << (i % 32)) - 1) & ~(1u << (i % 32)),
            "eq" => i => 1u << (i % 32),
            "le" => i => ((1u << (i % 32)) - 1) | (1u << (i % 32)),
            _ => _ => uint.Parse(rule, System.Globalization.CultureInfo.InvariantCulture),
        };
        Assert.Equal([.. Enumerable.Range(0, 192).Select(expected)], Ptx.Run($"mov.u32 %r6, {register}; st.global.u32 [%rd5], %r6;", 64, 3, sharedBytes: 128));
    }

    [Fact]
    public void Clocks_do_not_run_backwards() =>
        Assert.All(Ptx.Run("mov.u64 %rd6, %clock64; mov.u64 %rd7, %globaltimer; mov.u32 %r6, %clock; mov.u64 %rd8, %clock64; setp.ge.u64 %p1, %rd8, %rd6; selp.u32 %r6, 1, 0, %p1; st.global.u32 [%rd5], %r6;"),
            v => Assert.Equal(1u, v));
}
