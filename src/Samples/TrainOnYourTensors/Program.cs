// Training on images in a tensor of your own, step by step: no data set, no run folder, no copy between features and network.
using System.Globalization;
using GpuSer;
using GpuSer.Samples;
using GpuSer.Training;
using GpuSer.Training.Inference;
using GpuSer.Training.Models;
using TorchSharp;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// Sixteen signals of 0.8 s, steady tones and trembling ones in turn, one after the other in one array: (batch, samples).
const int Batch = 16, Samples = (int)(0.8 * Tones.SampleRate);
long[] labels = [.. Enumerable.Range(0, Batch).Select(i => (long)(i % 2))];
float[] signals = [.. Enumerable.Range(0, Batch).SelectMany(i => Tones.Samples(150 + (25 * i), 0.8, trembling: i % 2 == 1))];

// The tensor is yours, and the features are written straight into its memory: (batch, frames, 230).
using torch.Tensor images = torch.zeros(Batch, FeatureExtractor.Frames(Samples), FeatureExtractor.Rows);
using FeatureExtractor extractor = new();
extractor.ComputeImages(signals, Batch, Samples, TensorMemory.Floats(images));

// The network, its loss, CutMix and Adam are the trainer's; a narrow one here and a high rate, so that it takes seconds.
TrainOptions quick = new() { LearningRate = 5e-4, CutMixAlpha = 0, Network = new VggOptions { WidthDivisor = 32, Dropout = 0 } };
using TensorTrainer trainer = new(["steady", "trembling"], quick);
for (int step = 1; step <= 40; step++)
{
    StepResult result = trainer.Step(images, labels);
    if (step is 1 or 5 or 20 or 40)
    {
        Console.WriteLine($"step {step}: loss {result.Loss:f3}");
    }
}

// The network's outputs go into memory of yours, too: (batch, classes).
float[] logits = new float[Batch * 2];
trainer.Logits(images, logits);
int right = Enumerable.Range(0, Batch).Count(i => logits[(2 * i) + labels[i]] > logits[(2 * i) + 1 - labels[i]]);
Console.WriteLine($"{right} of {Batch} right");

// What is saved describes itself, so that a classifier needs nothing else.
string weights = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
trainer.Save(weights);
using EmotionClassifier classifier = EmotionClassifier.Load(weights);
double[] probabilities = classifier.Probabilities(Tones.Samples(330, 0.8, trembling: true));
Console.WriteLine($"an unheard trembling tone is trembling with probability {probabilities[1]:f2}");
File.Delete(weights);
