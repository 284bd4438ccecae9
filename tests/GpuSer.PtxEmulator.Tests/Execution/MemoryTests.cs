namespace GpuSer.PtxEmulator.Tests.Execution;

/// <summary>State spaces, widths, vectors, atomics, calls.</summary>
public class MemoryTests
{
    private static readonly uint[] Lanes = [.. Enumerable.Range(0, 32).Select(i => (uint)i)];

    [Theory]
    [InlineData("u8", 0x000000F1u)]
    [InlineData("s8", 0xFFFFFFF1u)]
    [InlineData("u16", 0x0000F2F1u)]
    [InlineData("s16", 0xFFFFF2F1u)]
    [InlineData("b32", 0xF4F3F2F1u)]
    public void Narrow_loads_extend_by_their_sign(string type, uint expected) =>
        Assert.All(Ptx.Run($"ld.global.{type} %r6, [%rd1]; st.global.u32 [%rd5], %r6;", input: Fill(0xF4F3F2F1)), v => Assert.Equal(expected, v));

    [Fact]
    public void Narrow_stores_write_their_bytes_only()
    {
        Assert.All(Ptx.Run("mov.u32 %r6, 0x11223344; st.global.u8 [%rd5+1], %r6; st.global.u16 [%rd5+2], %r6;"), v => Assert.Equal(0x33444400u, v));
        Assert.All(Ptx.Run("ld.global.s8 %h1, [%rd1]; cvt.s32.s16 %r6, %h1; st.global.u32 [%rd5], %r6;", input: Fill(0x80)), v => Assert.Equal(0xFFFFFF80u, v));
    }

    [Theory]
    [InlineData("ld.global")]
    [InlineData("ld.global.nc")]
    [InlineData("ld.global.ca")]
    [InlineData("ld.volatile.global")]
    [InlineData("ld.relaxed.gpu.global")]
    [InlineData("ld.global.L1::evict_first")]
    public void Vectors_load_and_store_in_order(string load)
    {
        string body = $"and.b32 %r6, %r2, -4; mul.wide.u32 %rd6, %r6, 4; add.u64 %rd7, %rd1, %rd6; add.u64 %rd8, %rd2, %rd6; {load}.v4.u32 {{%r7, %r8, %r9, %r10}}, [%rd7];"
            + " st.global.v2.u32 [%rd8], {%r10, %r9}; st.global.v2.u32 [%rd8+8], {%r8, %r7};";
        Assert.Equal([.. Lanes.Select(l => (l & ~3u) + 3 - (l & 3))], Ptx.Run(body));
        Assert.Equal([.. Lanes.Select(l => (l & ~3u) + 2)], Ptx.Run($"and.b32 %r6, %r2, -4; mul.wide.u32 %rd6, %r6, 4; add.u64 %rd7, %rd1, %rd6; {load}.v4.u32 {{_, _, %r7, _}}, [%rd7]; st.global.u32 [%rd5], %r7;"));
    }

    [Fact]
    public void Generic_addresses_reach_all_spaces_at_once()
    {
        // Lanes 0-9 read global, 10-19 shared, the rest local memory through one generic load.
        const string Body = "shl.b32 %r6, %r2, 2; add.u32 %r7, %r2, 100; st.shared.u32 [%r6], %r7; add.u32 %r7, %r2, 200; st.local.u32 [depot], %r7;"
            + " cvt.u64.u32 %rd6, %r6; cvta.shared.u64 %rd6, %rd6; mov.u64 %rd7, depot; cvta.local.u64 %rd7, %rd7; setp.lt.u32 %p1, %r2, 10; setp.lt.u32 %p2, %r2, 20;"
            + " selp.b64 %rd8, %rd6, %rd7, %p2; selp.b64 %rd8, %rd4, %rd8, %p1; ld.u32 %r8, [%rd8]; isspacep.shared %p3, %rd8; @%p3 add.u32 %r8, %r8, 1000;"
            + " cvta.to.shared.u64 %rd9, %rd6; ld.shared.u32 %r9, [%rd9]; st.global.u32 [%rd5], %r8;";
        Assert.Equal([.. Lanes.Select(l => l < 10 ? l : l < 20 ? l + 1100 : l + 200)],
            Ptx.Run(Body, declarations: ".shared .align 4 .b8 s[128]; .local .align 4 .b8 depot[8];"));
    }

    [Fact]
    public void Module_variables_hold_their_initial_values()
    {
        const string Module = ".const .align 4 .f32 table[4] = {0f3F800000, 2.0, 3.0, -4.0}; .global .align 4 .u32 counter = 5; .global .align 8 .u64 pointer = counter;"
            + " .global .align 4 .b8 bytes[4] = {1, 2, 3, 4}; .global .u32 zero[3]; .global .align 8 .u64 generics[] = {generic(bytes), 7};";
        const string Body = "and.b32 %r6, %r2, 3; mul.wide.u32 %rd6, %r6, 4; mov.u64 %rd7, table; add.u64 %rd7, %rd7, %rd6; ld.const.f32 %f1, [%rd7]; cvt.rzi.s32.f32 %r7, %f1;"
            + " ld.global.u64 %rd8, [pointer]; ld.global.u32 %r8, [%rd8]; ld.global.u64 %rd9, [generics]; ld.u32 %r9, [%rd9]; ld.global.u32 %r10, [zero+8];"
            + " mul.lo.u32 %r8, %r8, 10; add.u32 %r7, %r7, %r8; add.u32 %r7, %r7, %r9; add.u32 %r7, %r7, %r10; st.global.u32 [%rd5], %r7;";
        int[] table = [1, 2, 3, -4];
        Assert.Equal([.. Lanes.Select(l => (uint)(table[l % 4] + 50 + 0x04030201))], Ptx.Run(Body, module: Module));
    }

    [Theory]
    [InlineData("atom.shared.add.u32", "3", 96u)]
    [InlineData("atom.shared.min.s32", "-3", unchecked((uint)-3))]
    [InlineData("atom.shared.max.u32", "%r2", 31u)]
    [InlineData("atom.shared.or.b32", "%r2", 31u)]
    [InlineData("atom.shared.xor.b32", "%r2", 0u)]
    [InlineData("atom.shared.exch.b32", "%r2", 31u)]
    [InlineData("atom.shared.inc.u32", "4", 2u)]
    [InlineData("atom.shared.dec.u32", "4", 3u)]
    [InlineData("atom.shared.add.f32", "0f00000001", 32u)]
    public void Atomics_take_each_lane_once(string atomic, string operand, uint expected) =>
        Assert.All(Ptx.Run($"setp.eq.u32 %p1, %r2, 0; @%p1 st.shared.u32 [s], 0; bar.sync 0; {atomic} {(atomic.EndsWith("f32", StringComparison.Ordinal) ? "%f1" : "%r6")}, [s], {operand}; bar.sync 0; ld.shared.u32 %r7, [s]; st.global.u32 [%rd5], %r7;",
            declarations: ".shared .align 4 .b8 s[4];"), v => Assert.Equal(expected, v));

    [Fact]
    public void Atomics_of_all_blocks_add_up_and_return_the_old_value()
    {
        uint[] old = Ptx.Run("atom.global.add.u32 %r6, [%rd1], 1; st.global.u32 [%rd5], %r6;", 64, 50, new uint[64 * 50]);
        Assert.Equal([.. Enumerable.Range(0, 3200).Select(i => (uint)i)], old.Order());
        uint[] swapped = Ptx.Run("atom.global.cas.b32 %r6, [%rd1], 0, 9; red.global.add.u32 [%rd1], 0; ld.global.u32 %r7, [%rd1]; mad.lo.u32 %r6, %r6, 100, %r7; st.global.u32 [%rd5], %r6;", 32, 1, new uint[32]);
        Assert.Equal([9u, .. Enumerable.Repeat(909u, 31)], swapped);
        ulong[] sums = RunWide("atom.global.add.u64 %rd6, [%rd1], 0x100000001; ld.global.u64 %rd7, [%rd1]; st.global.u64 [%rd2], %rd7;");
        Assert.Equal(32 * 0x100000001ul, sums[0]);
    }

    [Fact]
    public void Functions_are_called_with_values_and_give_values_back()
    {
        const string Module = ".func (.param .b32 r) twice(.param .b32 x) { .reg .b32 %r<4>; .reg .pred %p; ld.param.u32 %r1, [x]; setp.lt.u32 %p, %r1, 4; @%p bra SMALL; add.u32 %r2, %r1, %r1; st.param.b32 [r+0], %r2; ret;"
            + " SMALL: mov.u32 %r3, 99; st.param.b32 [r+0], %r3; ret; }"
            + " .func (.reg .b32 r) plus(.reg .b32 x, .reg .b32 y) { add.u32 r, x, y; ret; }"
            + " .func (.param .b32 r) field(.param .align 4 .b8 x[12]) { .reg .b32 %r<2>; .reg .b64 %rd<2>; mov.b64 %rd1, x; ld.param.u32 %r1, [%rd1+8]; st.param.b32 [r+0], %r1; ret; }";
        const string Body = "{ .param .b32 p0; st.param.b32 [p0+0], %r2; .param .b32 q; call.uni (q), twice, (p0); ld.param.b32 %r6, [q+0]; }"
            + " call (%r7), plus, (%r6, 1000); { .param .align 4 .b8 s0[12]; st.param.b32 [s0+0], 1; st.param.b32 [s0+8], %r7; .param .b32 q; call.uni (q), field, (s0); ld.param.b32 %r8, [q+0]; } st.global.u32 [%rd5], %r8;";
        Assert.Equal([.. Lanes.Select(l => l < 4 ? 1099 : (2 * l) + 1000)], Ptx.Run(Body, module: Module));
    }

    [Fact]
    public void Each_thread_has_its_own_local_memory() =>
        Assert.Equal([.. Lanes.Select(l => l * 3)], Ptx.Run(
            "mov.u64 %rd6, depot; and.b32 %r6, %r2, 3; mul.wide.u32 %rd7, %r6, 4; add.u64 %rd6, %rd6, %rd7; mul.lo.u32 %r7, %r2, 3; st.local.u32 [%rd6], %r7; bar.warp.sync -1; ld.local.u32 %r8, [%rd6]; st.global.u32 [%rd5], %r8;",
            declarations: ".local .align 4 .b8 depot[16];"));

    [Fact]
    public void Parameters_may_be_structures_read_through_an_address()
    {
        using var device = new EmulatedDevice();
        ulong b = device.Upload(new uint[2]);
        const string Text = ".version 6.4 .target sm_70 .address_size 64 .entry k(.param .u64 b, .param .align 8 .b8 s[8]) { .reg .b64 %rd<4>; .reg .b32 %r<4>;"
            + " ld.param.u64 %rd1, [b]; mov.b64 %rd2, s; ld.param.u32 %r1, [%rd2+4]; ld.param.u32 %r2, [s]; st.global.u32 [%rd1], %r1; st.global.u32 [%rd1+4], %r2; }";
        device.Launch(device.Load(Text, "k"), 1, 1, b, 0x0000000700000003ul);
        Assert.Equal([7u, 3u], device.Download<uint>(b, 2));
    }

    private static uint[] Fill(uint value) => [.. Enumerable.Repeat(value, 32)];

    private static ulong[] RunWide(string body)
    {
        using var device = new EmulatedDevice();
        ulong a = device.Upload(new ulong[1]);
        ulong b = device.Upload(new ulong[1]);
        device.Launch(device.Load(Ptx.Kernel(body), "k"), 1, 32, a, b, 0);
        return device.Download<ulong>(b, 1);
    }
}
