using System.Text;
using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Tests;

/// <summary>A device for one test: loads PTX text, moves arrays, launches, and frees all that it allocated.</summary>
internal sealed unsafe class EmulatedDevice : IDisposable
{
    private readonly List<ulong> _allocated = [];

    public EmulatedDevice(EmulatorOptions? options = null)
    {
        Driver = new(options ?? new());
        Driver.ContextSetCurrent(Driver.ContextRetain(0));
    }

    public EmulatedCudaDriver Driver { get; }

    public nint Load(string ptx, string kernel) => Driver.ModuleGetFunction(Driver.ModuleLoad(Encoding.UTF8.GetBytes(ptx)), kernel);

    public ulong Allocate(int bytes)
    {
        ulong address = Driver.MemoryAllocate((nuint)bytes);
        _allocated.Add(address);
        return address;
    }

    public void Free(ulong address)
    {
        Driver.MemoryFree(address);
        _allocated.Remove(address);
    }

    public ulong Upload<T>(params T[] values)
        where T : unmanaged
    {
        ulong address = Allocate(values.Length * sizeof(T));
        fixed (T* source = values)
            Driver.CopyHostToDevice(address, (nint)source, (nuint)(values.Length * sizeof(T)), 0);
        return address;
    }

    public T[] Download<T>(ulong address, int count)
        where T : unmanaged
    {
        var values = new T[count];
        fixed (T* target = values)
            Driver.CopyDeviceToHost((nint)target, address, (nuint)(count * sizeof(T)), 0);
        return values;
    }

    /// <summary>Launches with arguments given as boxed values of their exact size.</summary>
    public void Launch(nint function, Dim3 grid, Dim3 block, params object[] arguments) => LaunchShared(function, grid, block, 0, arguments);

    public void LaunchShared(nint function, Dim3 grid, Dim3 block, int sharedBytes, params object[] arguments) =>
        With(arguments, pointers => Driver.Launch(function, grid, block, sharedBytes, 0, (void**)pointers));

    /// <summary>Calls with an array of pointers to the arguments' values.</summary>
    public static void With(object[] arguments, Action<nint> call)
    {
        ulong* values = stackalloc ulong[arguments.Length + 1];
        void** pointers = stackalloc void*[arguments.Length + 1];
        for (int i = 0; i < arguments.Length; i++)
        {
            pointers[i] = values + i;
            values[i] = arguments[i] switch
            {
                ulong value => value,
                long value => (ulong)value,
                int value => (uint)value,
                uint value => value,
                float value => BitConverter.SingleToUInt32Bits(value),
                double value => BitConverter.DoubleToUInt64Bits(value),
                _ => throw new ArgumentException($"argument {i} is a {arguments[i].GetType()}"),
            };
        }

        call((nint)pointers);
    }

    public void Dispose()
    {
        foreach (ulong address in _allocated)
            Driver.MemoryFree(address);
        Driver.Dispose();
    }
}
