using GpuSer.Training.Models;

namespace GpuSer.Training.Weights;

/// <summary>Weights that torchvision publishes, trained on ImageNet (1,000 classes).</summary>
/// <param name="Name">torchvision's name of the model.</param>
/// <param name="Sha256">The first digits of the file's SHA-256, which its name ends with.</param>
/// <param name="Network">The network that they are for.</param>
internal sealed record PublishedWeights(string Name, string Sha256, VggOptions Network)
{
    private const int Classes = 1000;

    /// <summary>All that fit a network of GpuSer's, the paper's first.</summary>
    public static IReadOnlyList<PublishedWeights> All { get; } =
    [
        new("vgg16_bn", "6c64b313", new VggOptions { Classes = Classes }),
        new("vgg16", "397923af", new VggOptions { Classes = Classes, BatchNorm = false }),
    ];

    /// <summary>Name of the file.</summary>
    public string FileName => $"{Name}-{Sha256}.pth";

    /// <summary>The published address.</summary>
    public Uri Url => new($"https://download.pytorch.org/models/{FileName}");
}
