import glimpse.client.apis.ClassifyApi
import glimpse.client.apis.HuggingFaceApi
import glimpse.client.infrastructure.ClientException
import java.io.File

/** Asks a Worker through the generated client: ADDRESS PICTURE. Prints what came of it, a line each. */
fun main(args: Array<String>) {
    val (address, path) = args
    val api = ClassifyApi(address)
    val picture = File(path)
    println("classify ${api.classify(picture, topK = 3).predictions.first().label}")
    println("batch ${api.classifyBatch(listOf(picture, picture), topK = 1).results.size}")
    println("hugging-face ${HuggingFaceApi(address).classifyForHuggingFace("cifar10", picture).first().label}")
    try {
        api.classify(picture, model = "none")
    } catch (error: ClientException) {
        println("unknown ${error.statusCode}")
    }
}
