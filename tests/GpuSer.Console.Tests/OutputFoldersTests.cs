using GpuSer.Console.Output;

namespace GpuSer.Console.Tests;

public class OutputFoldersTests
{
    [Fact]
    public void DifferentStemsKeepTheirStems() =>
        Assert.Equal(["03a01Fa", "03a02Nc"], OutputFolders.For(["in/03a01Fa.wav", "in/03a02Nc.wav"]));

    [Fact]
    public void OneStemTakesTheParentsNames() =>
        Assert.Equal(["speech", "noise", "other"], OutputFolders.For(["a/speech/signal.npy", "a/noise/signal.npy", "a/other.npy"]));

    [Fact]
    public void OneStemInOneNamedParentIsNumbered() =>
        Assert.Equal(["x", "x-2"], OutputFolders.For(["a/x/signal.npy", "b/x/signal.npy"]));

    [Fact]
    public void TheSameFileTwiceGetsTwoFolders()
    {
        string[] folders = OutputFolders.For(["a.wav", "a.wav", "a.wav"]);
        Assert.Equal(3, folders.Distinct().Count());
    }
}
