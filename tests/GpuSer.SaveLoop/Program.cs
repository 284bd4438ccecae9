using GpuSer.Training.Weights;

// Saves a file of weights again and again, each time with another value everywhere, until it is killed; says so once there is a first one.
// Arguments: the file, and how many values.
string path = args[0];
float[] values = GC.AllocateUninitializedArray<float>(int.Parse(args[1], provider: null), pinned: true);
nint address = System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(values, 0);
for (int round = 0; ; round++)
{
    Array.Fill(values, round);
    SafetensorsWriter.Write(path, [new SafetensorsTensor("values", SafetensorsType.F32, [values.Length], address)], new Dictionary<string, string>());
    if (round == 0)
    {
        Console.WriteLine("ready");
    }
}
