using GpuSer.Audio;
using GpuSer.Audio.Decoding;
using GpuSer.Tests.Features;

namespace GpuSer.Tests.Audio.Decoding;

/// <summary>What ended decoders leave open in this process. Descriptors are the process's: nothing else runs beside.</summary>
[Collection(nameof(Alone))]
public sealed class DecoderDescriptorsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void An_ended_process_leaves_no_descriptor_open()
    {
        const int Processes = 20;
        EncodedFile.Write(_path, EncodedFile.WavFloat, 22050, 1, [0.5f, -0.5f]);
        StartAndEnd();
        int before = Open();
        for (int i = 0; i < Processes; i++)
        {
            StartAndEnd();
        }

        // What the test host opens meanwhile is less than one a process.
        Assert.InRange(Open() - before, -Processes, Processes - 1);
    }

    private static int Open() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private void StartAndEnd()
    {
        using DecoderPool pool = new(DecoderProgram.Find(), TimeSpan.FromMinutes(1));
        Assert.Equal(2, AudioFile.ReadMono(_path, 22050, new DecodeBuffer(pool), default).Length);
        Assert.Single(pool.Numbers);
    }
}
