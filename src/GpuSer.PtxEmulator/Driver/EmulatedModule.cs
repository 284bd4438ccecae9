using GpuSer.Cuda;
using GpuSer.Cuda.Ptx;
using GpuSer.PtxEmulator.Decoding;
using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Memory;
using GpuSer.PtxEmulator.Parsing;

namespace GpuSer.PtxEmulator.Driver;

/// <summary>A loaded module: its entry points ready to execute, its variables in memory.</summary>
internal sealed class EmulatedModule
{
    private readonly Dictionary<string, EmulatedFunction> _functions = [];
    private readonly List<DeviceRange> _variables = [];

    public IReadOnlyDictionary<string, EmulatedFunction> Functions => _functions;

    /// <summary>Reads and decodes PTX text.</summary>
    /// <exception cref="CudaException">The text is wrong or uses what is not supported; the message names the line.</exception>
    public static EmulatedModule Load(ReadOnlySpan<byte> ptx, MemoryMap map)
    {
        var module = new EmulatedModule();
        try
        {
            List<PtxToken> tokens = PtxLexer.Read(ptx);
            IReadOnlyDictionary<string, PtxSignature> signatures = PtxSignature.ReadAll(ptx);
            ModuleText text = ModuleText.Read(tokens);
            Dictionary<string, Variable> variables = module.Place(text, map);
            foreach (PtxSignature signature in signatures.Values)
                module._functions.Add(signature.Name, new(KernelDecoder.Decode(signature, KernelParser.Read(text, signature, variables))));
            return module;
        }
        catch (PtxFormatException error)
        {
            module.Unload(map);
            throw new CudaException("cuModuleLoadDataEx", "CUDA_ERROR_INVALID_PTX", error.Message);
        }
    }

    public void Unload(MemoryMap map)
    {
        foreach (DeviceRange variable in _variables)
            map.Remove(variable);
        _variables.Clear();
    }

    private unsafe Dictionary<string, Variable> Place(ModuleText text, MemoryMap map)
    {
        var placed = new Dictionary<string, Variable>();
        foreach (GlobalText global in text.Globals)
        {
            RangeKind kind = global.Space == StateSpace.Const ? RangeKind.Constant : RangeKind.Variable;
            int bytes = global.Variable.Elements is null ? Initializer.CountBytes(text.Tokens, global) : global.Variable.Bytes;
            DeviceRange range = DeviceRange.Allocate(kind, (nuint)Math.Max(1, bytes));
            map.Add(range);
            _variables.Add(range);
            var memory = new Span<byte>((byte*)range.Start, bytes);
            memory.Clear();
            if (global.Initializer is not null)
                Initializer.Write(text.Tokens, global, placed, memory);
            placed[global.Variable.Name] = new(global.Variable.Name, global.Space, (long)range.Start, bytes);
        }

        return placed;
    }
}

/// <summary>An entry point with what the host has set for it.</summary>
internal sealed class EmulatedFunction(KernelCode code)
{
    public KernelCode Code { get; } = code;

    /// <summary>Dynamic shared memory it may have; 48 KB with the static until the host asks for more.</summary>
    public int MaxDynamicSharedBytes { get; set; } = Math.Max(0, DefaultSharedBytes - code.Signature.StaticSharedBytes);

    public const int DefaultSharedBytes = 48 << 10;
}
