using GpuSer.Cuda;
using GpuSer.PtxEmulator;
using GpuSer.Training;
using TorchSharp;

namespace GpuSer.Console.Tests;

public sealed class TensorDestinationTests
{
    [Fact]
    public void KernelsWriteTheImageIntoATorchTensorsMemory()
    {
        const int Batch = 3, Samples = 9000;
        int frames = FeatureExtractor.Frames(Samples);
        using EmulatedCudaDriver driver = new();
        using CudaContext context = new(driver);
        using CudaFeatureExtractor extractor = new(context);
        using CudaStream stream = new(context);
        float[] signals = [.. Enumerable.Range(0, Batch * Samples).Select(i => MathF.Sin(i % Samples * (0.01f + (1e-5f * i))))];
        using DeviceBuffer<float> samples = new(context, signals);
        using torch.Tensor image = torch.zeros([Batch, frames, FeatureExtractor.Rows]);
        Span<float> elements = TensorMemory.Floats(image);
        using RegisteredHostMemory memory = new(context, TensorMemory.Address(image), (nuint)elements.Length * sizeof(float));
        driver.ResetCounters();

        extractor.Run(samples.Address, Samples, Batch, Samples, memory.Address, stream);
        stream.Synchronize();

        Assert.Equal(0, driver.DriverCounters.DeviceToHostCopies);
        Assert.Equal(0, driver.DriverCounters.DeviceToDeviceCopies);
        using FeatureExtractor cpu = new();
        float[] expected = new float[elements.Length];
        cpu.ComputeImages(signals, Batch, Samples, expected);
        for (int i = 0; i < elements.Length; i++)
        {
            // The paper's order begins with the 13 + 128 rows that the device makes.
            if (i % FeatureExtractor.Rows < 13 + 128)
            {
                Assert.Equal(expected[i], elements[i], 5e-3f);
            }
        }
    }
}
