using System.Text;
using GpuSer.Cuda;
using GpuSer.Cuda.Ptx;

namespace GpuSer.Tests.Cuda.Ptx;

public class PtxSignatureTests
{
    private const string Module = """
        // comment with a brace {
        .version 6.4
        .target sm_70
        .address_size 64
        .file 1 "kernel.cu", 12, 34
        .extern .shared .align 16 .b8 dynamic[];
        .shared .align 4 .f32 unused[100];
        .shared .align 16 .b8 table[20];
        .visible .const .align 4 .b8 values[8] = {0, 0, 128, 63, 0, 0, 0, 64};
        .visible .func (.param .b32 result) helper(.param .b64 p)
        {
            .local .align 8 .b8 depot[24];
            .reg .b64 %rd<2>;
            mov.u64 %rd1, table; /* a block
            comment */
            ret;
        }
        .visible .entry gpuser_sample_f32(
            .param .u64 .ptr .global .align 4 input,
            .param .u32 count,
            .param .align 8 .b8 options[24],
            .param .f32 gain
        )
        .maxntid 128, 2, 1
        .minnctapersm 2
        {
            .shared .align 8 .b8 inner[5];
            .reg .b64 %rd<2>;
            .loc 1 10 3, function_name $L__info, inlined_at 1 50 3
            mov.u64 %rd1, dynamic;
            call.uni (r), helper, (p);
            st.shared.u8 [inner], 1;
            ret;
        }
        .entry empty() .reqntid 64 { ret; }
        .section .debug_info { .b8 1, 2, 3 .b32 .debug_abbrev }
        """;

    private static IReadOnlyDictionary<string, PtxSignature> Signatures => PtxSignature.ReadAll(Encoding.UTF8.GetBytes(Module + "\0tail"));

    [Fact]
    public void Parameters_carry_size_alignment_and_offset()
    {
        PtxSignature kernel = Signatures["gpuser_sample_f32"];

        Assert.Equal(
            [
                new PtxParameter("input", "u64", 8, 4, 0),
                new PtxParameter("count", "u32", 4, 4, 8),
                new PtxParameter("options", "b8", 24, 8, 16),
                new PtxParameter("gain", "f32", 4, 4, 40),
            ],
            kernel.Parameters);
        Assert.Equal(44, kernel.ParameterBytes);
    }

    [Fact]
    public void Block_limits_are_read()
    {
        Assert.Equal(256, Signatures["gpuser_sample_f32"].MaxThreads);
        Assert.Null(Signatures["gpuser_sample_f32"].RequiredBlock);
        Assert.Equal(new Dim3(64), Signatures["empty"].RequiredBlock);
        Assert.Empty(Signatures["empty"].Parameters);
    }

    [Fact]
    public void Shared_memory_counts_what_the_kernel_reaches_and_puts_the_dynamic_array_last()
    {
        PtxSignature kernel = Signatures["gpuser_sample_f32"];

        Assert.Equal(
            [
                new PtxSharedVariable("table", 20, 16, 0),
                new PtxSharedVariable("inner", 5, 8, 24),
                new PtxSharedVariable("dynamic", 0, 16, 32),
            ],
            kernel.SharedVariables);
        Assert.Equal(32, kernel.StaticSharedBytes);
        Assert.Equal(24, kernel.LocalBytes);
        Assert.Equal(0, Signatures["empty"].StaticSharedBytes);
    }

    [Theory]
    [InlineData("int main() {}", 1, ".version")]
    [InlineData(".version 6.4\n.entry k(.param .u32 n)\n{\nret;", 3, "never closed")]
    [InlineData(".version 6.4\n.entry k(\n.param n)", 3, "a type and a name")]
    [InlineData(".version 6.4\n\u00a7", 2, "unexpected character")]
    public void Malformed_text_names_its_line(string text, int line, string part)
    {
        var error = Assert.Throws<PtxFormatException>(() => PtxSignature.ReadAll(Encoding.UTF8.GetBytes(text)));

        Assert.Equal(line, error.Line);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("12", 12ul)]
    [InlineData("0x1FU", 31ul)]
    [InlineData("0b101", 5ul)]
    [InlineData("017", 15ul)]
    [InlineData("0", 0ul)]
    public void Integer_constants_have_their_value(string text, ulong expected)
    {
        Assert.True(PtxNumber.TryInteger(text, out ulong value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("0f3F800000", 1.0)]
    [InlineData("0dC000000000000000", -2.0)]
    [InlineData("1.5e-1", 0.15)]
    public void Floating_constants_have_their_value(string text, double expected)
    {
        Assert.True(PtxNumber.TryFloat(text, out double value));
        Assert.Equal(expected, value);
    }
}
