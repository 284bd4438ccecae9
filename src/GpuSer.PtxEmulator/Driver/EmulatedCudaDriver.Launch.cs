using GpuSer.Cuda;
using GpuSer.Cuda.Ptx;
using GpuSer.PtxEmulator.Driver;
using GpuSer.PtxEmulator.Execution;
using GpuSer.PtxEmulator.Memory;

namespace GpuSer.PtxEmulator;

public sealed unsafe partial class EmulatedCudaDriver
{
    /// <inheritdoc/>
    public nint ModuleLoad(ReadOnlySpan<byte> ptx)
    {
        byte[] text = ptx.ToArray();
        return Locked("cuModuleLoadDataEx", () => _handles.Add(EmulatedModule.Load(text, _memory)));
    }

    /// <inheritdoc/>
    public void ModuleUnload(nint module) =>
        Locked("cuModuleUnload", () => _handles.Remove<EmulatedModule>("cuModuleUnload", module).Unload(_memory));

    /// <inheritdoc/>
    public nint ModuleGetFunction(nint module, string name) => Locked("cuModuleGetFunction", () =>
    {
        EmulatedModule loaded = _handles.Get<EmulatedModule>("cuModuleGetFunction", module);
        if (!loaded.Functions.TryGetValue(name, out EmulatedFunction? function))
            throw new CudaException("cuModuleGetFunction", "CUDA_ERROR_NOT_FOUND", $"the module has no entry point '{name}'");
        return _handles.Add(function);
    });

    /// <inheritdoc/>
    public CudaFunctionInfo GetFunction(nint function) => Locked("cuFuncGetAttribute", () =>
    {
        KernelCode code = _handles.Get<EmulatedFunction>("cuFuncGetAttribute", function).Code;
        int threads = (int)(code.Signature.RequiredBlock?.Count ?? code.Signature.MaxThreads ?? LaunchLimits.MaxThreads);
        return new CudaFunctionInfo(Math.Min(threads, LaunchLimits.MaxThreads), code.Signature.StaticSharedBytes, code.Signature.LocalBytes, code.PeakRegisters);
    });

    /// <inheritdoc/>
    public void FunctionSetDynamicSharedBytes(nint function, int bytes) => Locked("cuFuncSetAttribute", () =>
    {
        EmulatedFunction found = _handles.Get<EmulatedFunction>("cuFuncSetAttribute", function);
        int most = _options.Gpu.MaxSharedBytesPerBlock - found.Code.Signature.StaticSharedBytes;
        if (bytes < 0 || bytes > most)
        {
            throw new CudaException("cuFuncSetAttribute", "CUDA_ERROR_INVALID_VALUE",
                $"{found.Code.Name}: {bytes} bytes of dynamic shared memory; {most} are the most besides its own");
        }

        found.MaxDynamicSharedBytes = bytes;
    });

    /// <inheritdoc/>
    public void Launch(nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, nint stream, void** arguments) => Locked("cuLaunchKernel", () =>
    {
        CheckStream("cuLaunchKernel", stream);
        KernelNode node = MakeNode("cuLaunchKernel", function, grid, block, dynamicSharedBytes, arguments);
        _calls = _calls with { Launches = _calls.Launches + 1 };
        Execute(node);
    });

    private KernelNode MakeNode(string call, nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments)
    {
        EmulatedFunction found = _handles.Get<EmulatedFunction>(call, function);
        LaunchLimits.Check(call, found, grid, block, dynamicSharedBytes);
        PtxSignature signature = found.Code.Signature;
        var parameters = new byte[signature.ParameterBytes];
        for (int i = 0; i < signature.Parameters.Count; i++)
        {
            if (arguments is null || arguments[i] is null)
                throw new CudaException(call, "CUDA_ERROR_INVALID_VALUE", $"{signature.Name}: argument {i} is missing");
            PtxParameter parameter = signature.Parameters[i];
            new ReadOnlySpan<byte>(arguments[i], parameter.Bytes).CopyTo(parameters.AsSpan(parameter.Offset));
        }

        return new(found, grid, block, dynamicSharedBytes, parameters);
    }

    private void Execute(KernelNode node)
    {
        fixed (byte* parameters = node.Parameters)
        {
            var launch = new LaunchState(node.Function.Code, node.Grid, node.Block, node.DynamicSharedBytes, parameters, _memory, _options);
            IReadOnlyList<BlockState> workers;
            try
            {
                workers = GridRunner.Run(launch);
            }
            catch
            {
                foreach (DeviceRange range in _memory.Ranges.Where(r => r.IsTouched))
                    range.TakeSectors();
                throw;
            }

            _log.Add(launch, workers);
            foreach (BlockState worker in workers)
                worker.Dispose();
        }
    }

    /// <summary>A launch that is complete but for the executing.</summary>
    private sealed record KernelNode(EmulatedFunction Function, Dim3 Grid, Dim3 Block, int DynamicSharedBytes, byte[] Parameters);
}
