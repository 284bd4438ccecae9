// What is a recording, by the weights of a training?
//
//   ClassifyFile RECORDING WEIGHTS   WEIGHTS: a run's weights/best.safetensors
//   ClassifyFile                     trains for a few seconds on steady and trembling tones first, and asks what a tone is
using System.Globalization;
using GpuSer.Samples;
using GpuSer.Training;
using GpuSer.Training.Data;
using GpuSer.Training.Inference;
using GpuSer.Training.Models;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length is not (0 or 2))
{
    Console.Error.WriteLine("usage: ClassifyFile RECORDING WEIGHTS, or nothing for tones that it makes itself");
    return 2;
}

string folder = Directory.CreateTempSubdirectory("gpuser-sample-").FullName;
try
{
    (string recording, string weights) = args.Length == 2 ? (args[0], args[1]) : Train();

    // The weights say which classes they know, and how their images are made. Loading takes a moment; then one classifier judges any number of
    // recordings, from one thread at a time.
    using EmotionClassifier classifier = EmotionClassifier.Load(weights);
    Prediction prediction = classifier.Predict(recording);

    // A recording of more than ten seconds has a timeline besides: prediction.Timeline.
    Console.WriteLine($"{Path.GetFileName(recording)}: {prediction.Label}");
    foreach ((string label, double probability) in prediction.Labels.Zip(prediction.Probabilities))
    {
        Console.WriteLine($"  {label} {probability:p1}");
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

return 0;

// A training from a folder of recordings, one folder a class, to a run folder: what `gpuser train` does.
(string Recording, string Weights) Train()
{
    for (int i = 0; i < 14; i++)
    {
        Tones.WriteWav(Path.Combine(folder, "tones", "steady", $"{i}.wav"), Tones.Samples(150 + (30 * i), 0.8));
        Tones.WriteWav(Path.Combine(folder, "tones", "trembling", $"{i}.wav"), Tones.Samples(170 + (30 * i), 0.8, trembling: true));
    }

    // A narrow network, a high rate and none of what makes training harder, because there is no time. The defaults are the paper's: a full
    // VGG-16-BN, 40 epochs, CutMix and varied signals.
    VggOptions narrow = new() { WidthDivisor = 32, Dropout = 0 };
    TrainOptions options = new() { Epochs = 10, Batch = 4, LearningRate = 5e-4, Augmentation = null, CutMixAlpha = 0, Network = narrow };
    Corpus corpus = Datasets.Load(Path.Combine(folder, "tones"));
    TrainResult result = Trainer.Run(corpus, options, Path.Combine(folder, "run"));
    Console.WriteLine($"trained {result.Epochs.Count} epochs: {result.Best.Accuracy:p0} of the recordings held out are right");

    string tone = Path.Combine(folder, "unheard.wav");
    Tones.WriteWav(tone, Tones.Samples(330, 1, trembling: true));
    return (tone, result.Run.BestWeights);
}
