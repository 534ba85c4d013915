import glimpse.client.apis.ClassifyApi
import glimpse.client.apis.HuggingFaceApi
import glimpse.client.infrastructure.ClientException
import java.io.File

/** Asks a Worker through the generated client: ADDRESS IMAGE. Prints what came of it, a line each. */
fun main(args: Array<String>) {
    val (address, path) = args
    val api = ClassifyApi(address)
    val image = File(path)
    println("classify ${api.classify(image, topK = 3).predictions.first().label}")
    println("batch ${api.classifyBatch(listOf(image, image), topK = 1).results.size}")
    println("hugging-face ${HuggingFaceApi(address).classifyForHuggingFace("cifar10", image).first().label}")
    try {
        api.classify(image, model = "none")
    } catch (error: ClientException) {
        println("unknown ${error.statusCode}")
    }
}
