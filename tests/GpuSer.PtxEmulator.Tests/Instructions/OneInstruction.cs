using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace GpuSer.PtxEmulator.Tests.Instructions;

/// <summary>
/// Executes a few lines of PTX for each element of its input arrays: <c>%a</c>, <c>%b</c> and <c>%c</c> hold the inputs,
/// <c>%d</c> takes the result; predicates <c>%p</c> and <c>%q</c> are free.
/// </summary>
internal static class OneInstruction
{
    /// <summary>Results for each element; the register types are those of the arrays.</summary>
    public static TResult[] Run<TResult>(string code, params Array[] inputs)
        where TResult : unmanaged
    {
        int n = inputs[0].Length;
        using var device = new EmulatedDevice(new() { Workers = 1 });
        ulong result = device.Allocate(n * Unsafe.SizeOf<TResult>());
        object[] arguments = [result, n, .. inputs.Select(a => (object)Upload(device, a))];
        device.Launch(device.Load(Text(code, typeof(TResult), inputs), "k"), (n + 63) / 64, 64, arguments);
        return device.Download<TResult>(result, n);
    }

    /// <summary>The bits of the results, for comparing what is no number or a signed zero.</summary>
    public static uint[] Bits(string code, params Array[] inputs) => [.. Run<float>(code, inputs).Select(BitConverter.SingleToUInt32Bits)];

    private static string Text(string code, Type result, Array[] inputs)
    {
        var text = new StringBuilder();
        string[] names = ["a", "b", "c"];
        text.AppendLine(".version 6.4\n.target sm_70\n.address_size 64\n.entry k(.param .u64 result, .param .u32 n");
        for (int i = 0; i < inputs.Length; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $", .param .u64 in{i}");
        text.AppendLine(")\n{\n.reg .pred %p, %q, %guard;\n.reg .b32 %i, %n, %t<3>;\n.reg .b64 %at, %base;");
        text.AppendLine(CultureInfo.InvariantCulture, $".reg .{RegisterOf(result)} %d;");
        for (int i = 0; i < inputs.Length; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $".reg .{RegisterOf(ElementOf(inputs[i]))} %{names[i]};");
        text.AppendLine("mov.u32 %t0, %ctaid.x; mov.u32 %t1, %ntid.x; mov.u32 %t2, %tid.x;\nmad.lo.u32 %i, %t0, %t1, %t2;");
        text.AppendLine("ld.param.u32 %n, [n]; setp.ge.u32 %guard, %i, %n; @%guard ret;");
        for (int i = 0; i < inputs.Length; i++)
        {
            (string type, int bytes) = MemoryOf(ElementOf(inputs[i]));
            text.AppendLine(CultureInfo.InvariantCulture, $"ld.param.u64 %base, [in{i}]; mul.wide.u32 %at, %i, {bytes}; add.u64 %at, %base, %at;");
            text.AppendLine(CultureInfo.InvariantCulture, $"ld.global.{type} %{names[i]}, [%at];");
        }

        text.AppendLine(code);
        (string store, int size) = MemoryOf(result);
        text.AppendLine(CultureInfo.InvariantCulture, $"ld.param.u64 %base, [result]; mul.wide.u32 %at, %i, {size}; add.u64 %at, %base, %at;");
        text.AppendLine(CultureInfo.InvariantCulture, $"st.global.{store} [%at], %d;\nret;\n}}");
        return text.ToString();
    }

    private static Type ElementOf(Array array) => array.GetType().GetElementType()!;

    private static string RegisterOf(Type type) =>
        type == typeof(float) ? "f32" : type == typeof(double) ? "f64" : "b" + (8 * MemoryOf(type).Bytes).ToString(CultureInfo.InvariantCulture);

    private static (string Type, int Bytes) MemoryOf(Type type)
    {
        if (type == typeof(float))
            return ("f32", 4);
        if (type == typeof(double) || type == typeof(long) || type == typeof(ulong))
            return (type == typeof(double) ? "f64" : "b64", 8);
        return type == typeof(int) || type == typeof(uint) ? ("b32", 4) : ("b16", 2);
    }

    private static ulong Upload(EmulatedDevice device, Array values) => values switch
    {
        float[] v => device.Upload(v),
        double[] v => device.Upload(v),
        int[] v => device.Upload(v),
        uint[] v => device.Upload(v),
        long[] v => device.Upload(v),
        ulong[] v => device.Upload(v),
        short[] v => device.Upload(v),
        ushort[] v => device.Upload(v),
        Half[] v => device.Upload(v),
        _ => throw new ArgumentException(values.GetType().Name),
    };
}
