using TorchSharp;

namespace TorchSharp
{
    // What the package has under this name differs in a default value, in an accessor, and in one member more.
    public class AnomalyMode(bool enabled, bool check_nan = false) : IDisposable
    {
        public bool IsEnabled { get; set; } = enabled;

        public bool ShouldCheckNaN { get; } = check_nan;

        public bool Extra(ref int value) => IsEnabled && value > 0;

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
        }
    }
}

namespace GpuSer.LibTorch.Tests
{
    public sealed class ApiSurfaceTests
    {
        [SkippableFact]
        public void Nothing_is_public_that_the_package_does_not_have()
        {
            var reference = ApiReference.Load();
            Skip.If(reference is null, $"{ApiReference.File} is not there.");

            string[] signatures = [.. ApiNotation.Of(typeof(torch).Assembly)];

            Assert.True(reference.Count > 5000, "The reference list is cut short.");
            Assert.True(signatures.Length > 500, "The surface is not seen.");
            var strangers = reference.Strangers(signatures);
            Assert.True(strangers.Count == 0, string.Join('\n', strangers));
        }

        [Fact]
        public void A_planted_difference_is_found()
        {
            var reference = new ApiReference(
            [
                "+ TorchSharp.AnomalyMode : class",
                "+ TorchSharp.AnomalyMode..ctor(System.Boolean enabled, System.Boolean check_nan = True)",
                "+ TorchSharp.AnomalyMode.Dispose() -> System.Void",
                "+ TorchSharp.AnomalyMode.Dispose(System.Boolean disposing) -> System.Void protected",
                "+ TorchSharp.AnomalyMode.IsEnabled { get; } -> System.Boolean",
                "+ TorchSharp.AnomalyMode.ShouldCheckNaN { get; } -> System.Boolean",
            ]);

            Assert.Equal(
                [
                    "TorchSharp.AnomalyMode..ctor(System.Boolean enabled, System.Boolean check_nan = False)",
                    "TorchSharp.AnomalyMode.Extra(ref System.Int32 value) -> System.Boolean",
                    "TorchSharp.AnomalyMode.IsEnabled { get; set; } -> System.Boolean",
                ],
                reference.Strangers(ApiNotation.Of(typeof(AnomalyMode))));
        }
    }
}
